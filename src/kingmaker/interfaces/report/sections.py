"""The report's sections: what each is drawn from, so that a page may show one alone and cannot disagree with the report."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from jinja2 import Environment

from kingmaker.domain.trial import Trial, TrialEnd
from kingmaker.interfaces.report import wording
from kingmaker.interfaces.report.decision import gate_mark, headline, severity_mark
from kingmaker.interfaces.report.environment import environment_of
from kingmaker.interfaces.report.facts import ReportFacts
from kingmaker.interfaces.report.key_figures import difference_text, key_figures, measure_writers
from kingmaker.interfaces.report.pictures import (
    approval,
    calibration,
    curves,
    features,
    grades,
    months,
    trials,
    windows,
)
from kingmaker.interfaces.report.pictures.models import models_of

MOST_TRIALS = 15
_FILTERS = (
    wording.area,
    wording.rate,
    wording.percentage_points,
    wording.count,
    wording.money,
    wording.number,
    wording.fine,
    wording.chance,
    wording.duration,
    wording.day,
    wording.signed,
    wording.fewer,
    wording.times,
    wording.plain,
    gate_mark,
    severity_mark,
    measure_writers,
    difference_text,
)
Said = Mapping[str, object]


@cache
def report_templates() -> Environment:
    return environment_of(_FILTERS)


def sections_of(facts: ReportFacts, names: Iterable[str]) -> dict[str, str]:
    """Each section as HTML by its name (`key_figures`, `swap_set`, ...), without its heading. Everything in it is escaped."""
    shared = said_by_all(facts) | {"titled": False}
    return {
        name: report_templates().get_template(f"sections/{name}.html").render({**shared, **_DRAWN[name](facts)})
        for name in names
    }


def said_by_sections(facts: ReportFacts) -> dict[str, object]:
    """What the templates of all sections together speak of."""
    said = said_by_all(facts)
    for drawn in _DRAWN.values():
        said |= drawn(facts)
    return said


def said_by_all(facts: ReportFacts) -> dict[str, object]:
    """What every section may speak of. `titled`: each shows its heading."""
    evidence = facts.evidence
    return {
        "facts": facts,
        "run": facts.run,
        "verdict": facts.verdict,
        "snapshot": facts.snapshot,
        "evidence": evidence,
        "models": models_of(evidence) if evidence else (),
        "titled": True,
    }


def shown_trials(facts: ReportFacts) -> list[Trial]:
    """The best trials, and the challenger's wherever it stands."""
    ranked, chosen = ranked_trials(facts.trials), facts.chosen_trial()
    shown = ranked[:MOST_TRIALS]
    return shown if chosen is None or chosen in shown else [*shown, chosen]


def ranked_trials(found: tuple[Trial, ...]) -> list[Trial]:
    """Best utility first; trials without one last, by number."""
    return sorted(
        found,
        key=lambda trial: (trial.utility is None, -(trial.utility or 0.0), trial.spec.number),
    )


def trial_ends(found: tuple[Trial, ...]) -> tuple[tuple[str, int], ...]:
    """How many trials ended how, in the order of the ends' definition; ends that nobody met are left out."""
    counts = ((end.value.replace("_", " "), sum(trial.end is end for trial in found)) for end in TrialEnd)
    return tuple((name, number) for name, number in counts if number)


def _discrimination(facts: ReportFacts) -> Said:
    evidence = facts.evidence if facts.evidence and models_of(facts.evidence) else None
    return {
        "roc_figure": curves.roc_figure(evidence) if evidence else None,
        "bad_rate_figure": approval.bad_rate_figure(evidence) if evidence else None,
        "false_kill_figure": approval.false_kill_figure(evidence) if evidence else None,
    }


def _calibration(facts: ReportFacts) -> Said:
    evidence = facts.evidence if facts.evidence and models_of(facts.evidence) else None
    return {"calibration_figure": calibration.calibration_figure(evidence) if evidence else None}


def _grades(facts: ReportFacts) -> Said:
    evidence = facts.evidence if facts.evidence and models_of(facts.evidence) else None
    return {
        "shares_figure": grades.shares_figure(evidence) if evidence else None,
        "grade_rates_figure": grades.bad_rates_figure(evidence) if evidence else None,
        "grade_names": grades.grade_names(evidence) if evidence else (),
    }


def _months(facts: ReportFacts) -> Said:
    evidence, snapshot = facts.evidence, facts.snapshot
    return {"month_figures": months.month_figures(evidence, snapshot) if evidence and snapshot else ()}


def _features(facts: ReportFacts) -> Said:
    found = facts.evidence.features if facts.evidence else ()
    return {
        "importance_figure": features.importance_figure(found) if found else None,
        "effect_figures": features.effect_figures(found),
        "effect_keys": features.EFFECT_KEYS,
    }


def _trials(facts: ReportFacts) -> Said:
    return {
        "search_figure": trials.search_figure(facts.trials, facts.chosen_trial()),
        "ranked_trials": shown_trials(facts),
        "trial_ends": trial_ends(facts.trials),
    }


def _nothing_of_its_own(_: ReportFacts) -> Said:
    return {}


_DRAWN: Final[Mapping[str, Callable[[ReportFacts], Said]]] = MappingProxyType(
    {
        "decision": lambda facts: {"headline": headline(facts)},
        "key_figures": lambda facts: {"figures": key_figures(facts)},
        "measured": lambda facts: {"figures": key_figures(facts)},
        "gates": _nothing_of_its_own,
        "windows": lambda facts: {"windows_figure": windows.windows_figure(facts.snapshot) if facts.snapshot else None},
        "discrimination": _discrimination,
        "calibration": _calibration,
        "grades": _grades,
        "months": _months,
        "features": _features,
        "swap_set": lambda facts: {
            "swap": {cell.cell: cell for cell in facts.verdict.swap_set} if facts.verdict else {}
        },
        "groups": _nothing_of_its_own,
        "trials": _trials,
        "findings": _nothing_of_its_own,
        "lineage": _nothing_of_its_own,
    }
)
"""What is drawn for each section alone."""
