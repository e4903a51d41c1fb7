"""What the page about a version is made from, asked for at once."""

from dataclasses import dataclass

from kingmaker.control.office.office import Office
from kingmaker.control.records import Reign
from kingmaker.domain.run import Run
from kingmaker.loop.model_records import ModelAccount, ModelTested


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenModel:
    """`tested` is None where nothing was measured, or is kept no longer; `reign` None where nobody is in force."""

    model: ModelAccount
    tested: ModelTested | None
    reign: Reign | None
    run: Run

    @property
    def pipeline(self) -> str:
        return self.model.version.pipeline

    @property
    def version(self) -> str:
        return self.model.version.version

    @property
    def is_in_force(self) -> bool:
        return self.reign is not None and self.reign.turn.version == self.version

    @property
    def address(self) -> str:
        """Where the API tells of the version."""
        return f"/api/v1/pipelines/{self.pipeline}/versions/{self.version}"


def read(office: Office, pipeline: str, version: str) -> SeenModel:
    """Raises what the office raises."""
    model = office.model(pipeline, version)
    return SeenModel(
        model=model,
        tested=office.tested(pipeline, model.version.version),
        reign=office.champion(pipeline),
        run=office.run(model.version.run).run,
    )
