"""What the search tried: every trial, what it chose, how well it did, and what failed."""

from dataclasses import dataclass
from typing import Final

from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.domain.run import Stage, StageRecord
from kingmaker.domain.trial import Fault, Trial, TrialOrder, TrialPage
from kingmaker.interfaces.report.pictures.trials import search_figure
from kingmaker.interfaces.report.wording import count
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, paragraph
from kingmaker.interfaces.web_ui.parts.paper import figure
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import choosing, select
from kingmaker.interfaces.web_ui.run_parts.faults import MOST, faults_shown
from kingmaker.interfaces.web_ui.run_parts.head import run_head
from kingmaker.interfaces.web_ui.run_parts.kept import nothing_yet
from kingmaker.interfaces.web_ui.run_parts.parallel import parallel
from kingmaker.interfaces.web_ui.run_parts.pictures import curves_figure
from kingmaker.interfaces.web_ui.run_parts.trial_list import AT_ONCE, Wanted, trial_list

MOST_DRAWN: Final = 300
MOST_CURVES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """`best` are the drawn ones of the learner that is shown, of all of them where none is."""

    page: TrialPage
    best: tuple[Trial, ...]
    faults: list[Fault]
    stages: list[StageRecord]
    chosen: int | None


@room("/runs/{number}/trials", name="runs", title="run.page.trials")
async def run_trials(
    here: Here, number: int, order: str = "utility", falling: bool = True, learner: str = "", page: int = 1
) -> None:
    await run_head(here, number, "trials")
    known = TrialOrder(order) if order in set(TrialOrder) else TrialOrder.UTILITY
    wanted = Wanted(order=known, falling=falling, learner=learner, page=max(1, page))
    seen = await here.ask(lambda office: _read(office, number, wanted))
    if not seen.page.learners:
        nothing_yet(here, seen.stages, here.t("run.trials.none"), of=Stage.TRAIN)
    else:
        _counts(here, seen.page)
        _choice(here, wanted, seen.page)
        heading(here.t("run.trials.all"))
        trial_list(here, wanted, seen.page, seen.chosen)
        _pictures(here, wanted, seen)
    faults_shown(here, seen.faults)


def _read(office: Office, run: int, wanted: Wanted) -> _Seen:
    learner = wanted.learner or None
    recorded = office.verdict(run)
    skip = (wanted.page - 1) * AT_ONCE
    return _Seen(
        page=office.trials(run, order=wanted.order, falling=wanted.falling, learner=learner, limit=AT_ONCE, skip=skip),
        best=office.trials(run, order=TrialOrder.UTILITY, falling=True, learner=learner, limit=MOST_DRAWN).trials,
        faults=office.faults(run=run, limit=MOST + 1),
        stages=office.stages(run),
        chosen=recorded.verdict.challenger_trial if recorded else None,
    )


def _counts(here: Here, page: TrialPage) -> None:
    t = here.t
    ends = ", ".join(f"{count(many)} {t(f'run.trials.end.{end}')}" for end, many in page.ends)
    paragraph(t("run.trials.told", count=count(sum(many for _, many in page.ends)), ends=ends))


def _choice(here: Here, wanted: Wanted, page: TrialPage) -> None:
    said = {"": here.t("run.trials.every_learner")}
    said |= {name: f"{name} ({count(many)})" for name, many in page.learners}
    with choosing():
        select(here.t("run.trials.column.learner"), "learner", said, wanted.learner, at_once=True)


def _pictures(here: Here, wanted: Wanted, seen: _Seen) -> None:
    t = here.t
    learner = wanted.learner or max(seen.page.learners, key=lambda one: one[1])[0]
    heading(t("run.trials.choices_of", learner=learner))
    of_learner = [trial for trial in seen.best if trial.spec.learner == learner]
    if not parallel(t, learner, of_learner):
        empty(t("run.trials.too_few"))
    with ui.element("div").classes("km-run-pair"):
        with ui.element("section"):
            heading(t("run.trials.carries_over"))
            chosen = next((trial for trial in seen.best if trial.spec.number == seen.chosen), None)
            if figure(search_figure(seen.best, chosen)) is None:
                empty(t("run.trials.too_few"))
        with ui.element("section"):
            heading(t("run.trials.curves"))
            told = [trial for trial in seen.best if len(trial.curve) > 1][:MOST_CURVES]
            if figure(curves_figure(t, told)) is None:
                empty(t("run.trials.no_curves"))
