"""The report: one page that explains one run to a committee, with nothing to fetch and nothing to execute."""

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


def render_report(facts: ReportFacts) -> str:
    """The report as one self-contained HTML page. The same facts give the same page, byte for byte.

    Every name and text from the data is escaped. Sections without facts say so in a sentence.
    """
    evidence, snapshot = facts.evidence, facts.snapshot
    models = models_of(evidence) if evidence else ()
    shown = shown_trials(facts)
    return (
        environment_of(_FILTERS)
        .get_template("page.html")
        .render(
            facts=facts,
            run=facts.run,
            verdict=facts.verdict,
            snapshot=snapshot,
            evidence=evidence,
            models=models,
            headline=headline(facts),
            figures=key_figures(facts),
            windows_figure=windows.windows_figure(snapshot) if snapshot else None,
            roc_figure=curves.roc_figure(evidence) if evidence and models else None,
            bad_rate_figure=approval.bad_rate_figure(evidence) if evidence and models else None,
            false_kill_figure=approval.false_kill_figure(evidence) if evidence and models else None,
            calibration_figure=calibration.calibration_figure(evidence) if evidence and models else None,
            shares_figure=grades.shares_figure(evidence) if evidence and models else None,
            grade_rates_figure=grades.bad_rates_figure(evidence) if evidence and models else None,
            grade_names=grades.grade_names(evidence) if evidence else (),
            month_figures=months.month_figures(evidence, snapshot) if evidence and snapshot else (),
            importance_figure=features.importance_figure(evidence.features) if evidence and evidence.features else None,
            effect_figures=features.effect_figures(evidence.features) if evidence else (),
            effect_keys=features.EFFECT_KEYS,
            swap={cell.cell: cell for cell in facts.verdict.swap_set} if facts.verdict else {},
            search_figure=trials.search_figure(facts.trials, facts.chosen_trial()),
            ranked_trials=shown,
            trial_ends=trial_ends(facts.trials),
        )
    )


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
