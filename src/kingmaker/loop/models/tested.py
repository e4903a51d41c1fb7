"""How a version's tested model did in the run that published it."""

from kingmaker.domain.errors import KingmakerError
from kingmaker.loop.model_records import ModelTested
from kingmaker.loop.selection import selection_from_json
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House


def model_tested(house: House, pipeline: str, version: str) -> ModelTested | None:
    """None where no verdict was reached about the version, and where its evidence is no longer kept. Raises NotFound."""
    known = house.ledger.version(pipeline, version)
    recorded = house.ledger.verdict(known.run)
    if recorded is None or recorded.candidate_version != known.version or not house.vault.has(recorded.evidence):
        return None
    found = selection_from_json(house.vault.read(recorded.evidence)).evidence
    if found is None or found.challenger is None:
        return None
    return ModelTested(
        window=found.window,
        evidence=found.challenger,
        features=found.features,
        amount_column=_amount_column(house, known.run),
    )


def _amount_column(house: House, run: int) -> str | None:
    """None also where this release cannot read the declaration any more."""
    request = house.ledger.run(run).request
    try:
        return parse_pipeline(request.declaration, request.declared_in).amount
    except KingmakerError:
        return None
