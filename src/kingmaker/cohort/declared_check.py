"""Does the source hold the columns that the pipeline declares, and those it held at the last run?"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.domain.snapshot import Feature, Finding, Severity
from kingmaker.pipeline.declaration import Pipeline


def check_declared(
    columns: Sequence[str], pipeline: Pipeline, previous: Sequence[Feature] | None = None
) -> list[Finding]:
    """A refusal for each declared column the source does not have, and for each feature that went missing since."""
    before = {feature.name for feature in previous or ()}
    absent = [(where, name) for where, name in _declared_names(pipeline) if name not in columns]
    findings = [
        _unknown(name, where, columns)
        for where, name in absent
        if not _is_meant_to_be_gone(pipeline, name, where, columns, before)
    ]
    known = {*columns, *(name for _, name in absent), *pipeline.pii.drop}
    findings += [_gone(feature.name) for feature in previous or () if feature.name not in known]
    reserved = [name for name in columns if name.startswith("_")]
    findings += [_reserved(name) for name in reserved]
    return findings + _contradictions(pipeline) + _explored_for_nothing(pipeline)


def _is_meant_to_be_gone(pipeline: Pipeline, name: str, where: str, columns: Sequence[str], before: set[str]) -> bool:
    """A forbidden column need not be there: its loss is meant, unless it looks like a misspelt column that is there."""
    if where == "features.forbid" and name in pipeline.pii.drop:
        return True
    return where == "features.forbid" and (name in before or not get_close_matches(name, columns, n=1, cutoff=0.75))


def _declared_names(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every place of the declaration that names a column, with the name."""
    if pipeline.id != ROW_NUMBER:
        yield "id", pipeline.id
    outcome, features = pipeline.outcome, pipeline.features
    single = {
        "customer": pipeline.customer,
        "applied_at": pipeline.applied_at,
        "amount": pipeline.amount,
        "outcome.observed_at": outcome.observed_at,
        "outcome.label": outcome.label,
        "acceptance.explored": pipeline.acceptance.explored,
        "acceptance.propensity": pipeline.acceptance.propensity,
    }
    yield from ((where, name) for where, name in single.items() if name is not None)
    several = {
        "features.include": () if features.include == "auto" else features.include,
        "features.forbid": features.forbid,
        "features.allow": features.allow,
        "features.protected": features.protected,
        "features.monotone": features.monotone,
        "features.kinds": features.kinds,
        "features.available_at": [*features.available_at, *features.available_at.values()],
        "cleaning.columns": pipeline.cleaning.columns,
        "pii.allow": pipeline.pii.allow,
    }
    yield from ((where, name) for where, names in several.items() for name in names)


def _unknown(name: str, where: str, columns: Sequence[str]) -> Finding:
    near = get_close_matches(name, columns, n=1, cutoff=0.5)
    remedy = f"The nearest column is `{near[0]}`." if near else f"The columns are {', '.join(columns)}."
    return _refusal("unknown_column", name, f"`{where}` names `{name}`, which is not a column of the source", remedy)


def _gone(name: str) -> Finding:
    sentence = f"`{name}` was a feature of the last run and is no longer a column of the source"
    return _refusal("missing_column", name, sentence, "Bring it back, or forbid it so that its loss is meant.")


def _reserved(name: str) -> Finding:
    sentence = f"`{name}` begins with an underscore, which is kept for columns that Kingmaker adds"
    return _refusal("reserved_name", name, sentence, "Rename it in a task.")


def _contradictions(pipeline: Pipeline) -> list[Finding]:
    """Columns that the declaration both wants and does not want."""
    features = pipeline.features
    wanted = {*(() if features.include == "auto" else features.include), *features.monotone}
    unwanted = {*features.forbid, *features.protected}
    remedy = "Take it out of one of the two."
    return [
        _refusal("contradiction", name, f"`features` both asks for `{name}` and keeps it out", remedy)
        for name in sorted(wanted & unwanted)
    ]


def _explored_for_nothing(pipeline: Pipeline) -> list[Finding]:
    """Where everyone's outcome is known nobody stands for others: weighing explored loans would be wrong."""
    acceptance = pipeline.acceptance
    if acceptance.explored is None or acceptance.outcomes_of == "approved":
        return []
    sentence = "`acceptance.explored` names applicants accepted at random, though the outcomes of everyone are known"
    remedy = "Say `outcomes_of: approved`, or take `explored` and `propensity` out."
    return [_refusal("contradiction", acceptance.explored, sentence, remedy)]


def _refusal(check: str, column: str, sentence: str, remedy: str) -> Finding:
    return Finding(
        check=check,
        severity=Severity.REFUSAL,
        column=column,
        value=None,
        limit=None,
        sentence=sentence,
        remedy=remedy,
    )
