"""EndpointVerbs over this machine's house."""

import tempfile
from pathlib import Path

from kingmaker.control.office.room import Room
from kingmaker.control.outcomes import MAX_OUTCOME_BYTES, OutcomesRefused, form_of, outcome_columns, read_outcomes
from kingmaker.control.records import KeyTold
from kingmaker.domain.access import Right
from kingmaker.domain.notice import OutcomeFile
from kingmaker.loop.announce import announced_pointer
from kingmaker.loop.bundles import export_bundle, proven_bundle
from kingmaker.loop.endpoints import endpoint_reports
from kingmaker.loop.records import EndpointReport, Exported
from kingmaker.loop.reign import version_in_force
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import parse_pipeline

CHAMPION = "champion"


class EndpointsOffice(Room):
    """EndpointVerbs, allowed or refused by who asks."""

    def endpoints(self, pipeline: str) -> list[EndpointReport]:
        return endpoint_reports(self.house, self.may(Right.SEE, pipeline))

    def announced_edition(self, pipeline: str) -> int | None:
        pointer = announced_pointer(self.house, self.may(Right.SEE, pipeline))
        return pointer.edition if pointer else None

    def export(self, pipeline: str, version: str, out: Path) -> Exported:
        self._may_take(pipeline)
        return export_bundle(self.house, pipeline, self._named(pipeline, version), out)

    def bundle(self, pipeline: str, version: str) -> Exported:
        """The version's bundle where it lies, proven; `path` is the vault's own file, which stays as it is."""
        self._may_take(pipeline)
        return proven_bundle(self.house, pipeline, self._named(pipeline, version))

    def keys(self) -> list[KeyTold]:
        return [KeyTold(id=key.id, text=key.text) for key in self.house.trusted()]

    def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        self.may_hand_in(pipeline)
        if len(data) > MAX_OUTCOME_BYTES:
            raise OutcomesRefused(f"at most {MAX_OUTCOME_BYTES:,} bytes are taken at once", remedy="Send less at once.")
        with tempfile.NamedTemporaryFile(dir=self.house.workspace, prefix="outcomes-") as file:
            file.write(data)
            file.flush()
            return self.take_outcomes(pipeline, Path(file.name), form=form)

    def may_hand_in(self, pipeline: str) -> None:
        """Asked before anything is taken in. Raises also OutcomesRefused where no file could be fit."""
        self.may(Right.SERVE, pipeline)
        outcome_columns(self._declaration(pipeline))

    def take_outcomes(self, pipeline: str, arrived: Path, *, form: str) -> OutcomeFile:
        """`hand_in` of a file, which is read piece by piece, twice: once to prove it and once to keep it."""
        self.may(Right.SERVE, pipeline)
        declaration, read_as = self._declaration(pipeline), form_of(form)
        rows = sum(batch.height for batch in read_outcomes(arrived, read_as, declaration))
        file = self.house.vault.put(arrived)
        return self.house.ledger.add_outcomes(pipeline, file=file, form=read_as.value, rows=rows, by=self.who.name)

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        return self.house.ledger.outcomes(self.may(Right.SEE, pipeline), limit=limit)

    def _may_take(self, pipeline: str) -> None:
        self.may(Right.SEE if self.who.may(Right.SEE, pipeline) else Right.SERVE, pipeline)

    def _named(self, pipeline: str, version: str) -> str:
        return version_in_force(self.house, pipeline) if version == CHAMPION else version

    def _declaration(self, pipeline: str) -> Pipeline:
        """The newest that was declared here, else the one of the newest run. Raises NotFound."""
        declared = self.house.ledger.declared(pipeline)
        if declared is not None:
            return parse_pipeline(declared.text, declared.declared_in)
        runs = self.house.ledger.runs(pipeline=pipeline, limit=1)
        if not runs:
            raise self.no_such_pipeline(pipeline)
        return parse_pipeline(runs[0].request.declaration, runs[0].request.declared_in)
