"""The error budget: what this run's look cost, and what is left for the next."""

from typing import Final

from kingmaker.domain.look import Look
from kingmaker.interfaces.report.wording import chance, day, exact_rate, plain
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, link, moment, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.verdict_parts.seen import Seen
from kingmaker.loop.records import Budget

SHOWN: Final = 12


def looks(here: Here, seen: Seen) -> None:
    budget, verdict = seen.budget, seen.account.verdict
    if budget is None or verdict is None:
        empty(here.t("verdict.budget_unreadable"))
        return
    number = seen.account.run.number
    own = next((look for look in budget.looks_taken if look.run == number), None)
    if own is not None:
        paragraph(_own(here, own))
    elif verdict.champion_version is None:
        paragraph(here.t("verdict.looks_first"))
    elif verdict.rule == "proven":
        paragraph(here.t("verdict.looks_none"))
    else:
        paragraph(here.t("verdict.looks_other_rule", rule=plain(verdict.rule)))
    _standing(here, budget)
    _taken(here, budget, number)


def _own(here: Here, look: Look) -> str:
    if look.confirms is not None:
        return here.t("verdict.looks_confirms", number=look.number, first=look.confirms, level=chance(look.alpha))
    return here.t("verdict.looks_own", number=look.number, level=chance(look.alpha))


def _standing(here: Here, budget: Budget) -> None:
    if budget.promote != "proven":
        return
    said = here.t(
        "verdict.looks_spent",
        today=day(budget.today),
        looks=budget.looks,
        spent=exact_rate(budget.spent),
        yearly=exact_rate(budget.yearly),
        next=day(budget.next_look),
    )
    if budget.waiting is not None:
        said = f"{said} {here.t('verdict.looks_waiting', run=budget.waiting.run, due=day(budget.waiting.due))}"
    paragraph(said)


def _taken(here: Here, budget: Budget, number: int) -> None:
    if not budget.looks_taken:
        return
    newest = budget.looks_taken[-SHOWN:][::-1]
    if len(newest) < len(budget.looks_taken):
        paragraph(here.t("verdict.looks_newest", shown=len(newest), count=len(budget.looks_taken)), quiet=True)
    columns = [
        Column(here.t("verdict.look.number"), is_number=True),
        Column(here.t("verdict.look.run")),
        Column(here.t("verdict.look.as_of")),
        Column(here.t("verdict.look.level"), is_number=True),
        Column(here.t("verdict.look.spent"), is_number=True),
        Column(here.t("verdict.look.what")),
    ]
    table(here.t("verdict.looks"), columns, [_row(here, look, number) for look in newest])


def _row(here: Here, look: Look, number: int) -> list[Cell]:
    what = (
        here.t("verdict.look.first") if look.confirms is None else here.t("verdict.look.confirms", first=look.confirms)
    )
    return [
        str(look.number),
        here.t("verdict.look.this_run")
        if look.run == number
        else lambda: link(str(look.run), f"/runs/{look.run}/verdict"),
        lambda: moment(look.as_of),
        chance(look.alpha),
        chance(look.spent) if look.spent else "0",
        what,
    ]
