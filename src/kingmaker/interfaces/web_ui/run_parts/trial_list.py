"""Trials in a table that is ordered by any of its columns, a page at a time."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from kingmaker.domain.trial import Trial, TrialEnd, TrialOrder, TrialPage
from kingmaker.interfaces.report.wording import ABSENT, area, count, duration, fine, number, signed
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import link, text
from kingmaker.interfaces.web_ui.parts.markup import marked
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table

AT_ONCE: Final = 50
_WORDS: Final = frozenset({TrialOrder.LEARNER, TrialOrder.END})
_HIGHEST_FIRST: Final = frozenset(
    {TrialOrder.UTILITY, TrialOrder.AUC_TRAIN, TrialOrder.AUC_HOLDOUT, TrialOrder.AUC_SELECTION, TrialOrder.SECONDS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which trials are shown, as the address says it; `page` counts from 1."""

    order: TrialOrder = TrialOrder.UTILITY
    falling: bool = True
    learner: str = ""
    page: int = 1

    def address(self) -> str:
        said = {"order": self.order.value, "falling": str(self.falling).lower(), "learner": self.learner}
        return "?" + urlencode({**said, "page": self.page})

    def by(self, order: TrialOrder) -> "Wanted":
        """In that order, the other way round where it already is; from the first page on."""
        falling = not self.falling if order is self.order else order in _HIGHEST_FIRST
        return replace(self, order=order, falling=falling, page=1)


def trial_list(here: Here, wanted: Wanted, found: TrialPage, chosen: int | None) -> None:
    """`chosen` is the number of the challenger's trial."""
    t = here.t
    orders = [*TrialOrder]
    columns = [_column(here, wanted, order) for order in orders]
    columns += [Column(t("run.trials.column.rounds"), is_number=True), Column(t("run.trials.column.choices"))]
    made = table(t("run.trials.all"), columns, [_row(here, trial, chosen) for trial in found.trials])
    made.classes("km-run-trials km-run-plain")
    _pages(here, wanted, found)


def _column(here: Here, wanted: Wanted, order: TrialOrder) -> Column:
    is_order = "descending" if wanted.falling else "ascending"
    return Column(
        here.t(f"run.trials.column.{order}"),
        is_number=order not in _WORDS,
        order_by=wanted.by(order).address(),
        order=is_order if order is wanted.order else "",
    )


def _row(here: Here, trial: Trial, chosen: int | None) -> list[Cell]:
    overfit = trial.overfit
    return [
        _challenger(here, trial) if trial.spec.number == chosen else str(trial.spec.number),
        trial.spec.learner,
        _end(here, trial.end),
        fine(trial.utility),
        area(trial.auc_train),
        area(trial.auc_holdout),
        area(trial.auc_selection),
        ABSENT if overfit is None else signed(area(overfit)),
        duration(trial.seconds),
        count(trial.rounds),
        _choices(here, trial),
    ]


def _challenger(here: Here, trial: Trial) -> Markup:
    return Markup("{} {}").format(trial.spec.number, marked(here.t("run.trials.challenger"), "good"))


def _end(here: Here, end: TrialEnd) -> str:
    if end is TrialEnd.FITTED:
        return here.t(f"run.trials.end.{end}")
    return marked(here.t(f"run.trials.end.{end}"), "bad" if end.is_fault() else "open")


def _choices(here: Here, trial: Trial) -> Markup:
    """All that was drawn, shown when it is asked for: the first words stand for it."""
    spec = trial.spec
    told = {name: number(value) if isinstance(value, float) else str(value)
            for name, value in sorted(spec.hyperparameters.items())}  # fmt: skip
    told |= {"recipe": spec.recipe, "imbalance": spec.imbalance.value, "denoising": spec.denoising.value}
    told |= {"seed": str(spec.seed)}
    return Markup('<details><summary>{}</summary><p class="km-quiet">{}</p></details>').format(
        here.t("run.trials.choices", count=len(spec.hyperparameters)),
        ", ".join(f"{name} = {value}" for name, value in told.items()),
    )


def _pages(here: Here, wanted: Wanted, found: TrialPage) -> None:
    total = sum(how_many for name, how_many in found.learners if wanted.learner in {"", name})
    last = max(1, -(-total // AT_ONCE))
    if last == 1:
        return
    with ui.element("nav").classes("km-row") as made:
        made.props["aria-label"] = here.t("run.trials.pages")
        if wanted.page > 1:
            link(here.t("run.trials.previous"), replace(wanted, page=wanted.page - 1).address()).props("rel=prev")
        text(here.t("run.trials.page_of", page=count(wanted.page), last=count(last)))
        if wanted.page < last:
            link(here.t("run.trials.next"), replace(wanted, page=wanted.page + 1).address()).props("rel=next")
