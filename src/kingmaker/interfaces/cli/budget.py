"""budget: what the proven rule may still get wrong this year, when it may look again, and who waits for a second look."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kingmaker.control.verbs import Verbs
from kingmaker.domain.look import Look
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import OnePipeline, Why, day_named, pipeline_meant, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.loop.records import Budget

SHOWN = 10
PROVEN = "proven"
HELP = "Show a pipeline's error budget and its looks at test windows; `budget reset` writes the spent one off."


class _ShownUnlessNamed(TyperGroup):
    """`budget loans` and `budget` are `budget show loans` and `budget show`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        parsed: list[str] = super().parse_args(ctx, args if is_named else ["show", *args])
        return parsed


def add_commands(app: typer.Typer) -> None:
    budget = typer.Typer(help=HELP, cls=_ShownUnlessNamed, rich_markup_mode=None)
    budget.command("show")(show)
    budget.command("reset")(reset)
    app.add_typer(budget, name="budget")


def show(
    context: typer.Context,
    pipeline: OnePipeline = None,
    as_of: Annotated[
        str | None, typer.Option(help="The day (YYYY-MM-DD) of a run; default: the latest day there was a run of.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a look may spend, when the next is due, who waits for a second look, and the last looks."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        found = verbs.budget(name, today=day_named(as_of) if as_of else None)
        decisions = {} if json else {look.run: _decision(verbs, look.run) for look in found.looks_taken[-SHOWN:]}
    if json:
        screen.document(found)
        return
    screen.line(f"Pipeline {name} as of {found.today}")
    if found.promote != PROVEN:
        screen.line(f"It promotes by the rule `{found.promote}`: only the rule `proven` spends an error budget.")
    screen.table(["", ""], _facts(found))
    _show_looks(screen, found, decisions)
    _show_resets(screen, found)


def reset(
    context: typer.Context,
    pipeline: Annotated[str, typer.Argument(help="The pipeline.")],
    why: Why,
    json: Json = False,
) -> None:
    """Write the spent budget off: it accrues anew from the latest day there was a run of."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        name = pipeline_meant(desk, verbs, pipeline, asked="PIPELINE")
        found = verbs.reset_budget(name, why=reason_given(why))
    if json:
        screen.document(found.resets[-1])
    else:
        screen.line(
            f"The error budget of pipeline {name} accrues anew from {found.accrues_from}. Earlier looks count no longer; the "
            f"next is due on {found.next_look}."
        )


def _decision(verbs: Verbs, run: int) -> str:
    recorded = verbs.verdict(run)
    if recorded is None:
        return "none yet"
    verdict = recorded.verdict
    return f"{verdict.decision.value.upper()}, {verdict.reason.value.replace('_', ' ')}"


def _facts(budget: Budget) -> list[list[str]]:
    counted = "1 look" if budget.looks == 1 else f"{budget.looks} looks"
    cooling = [["nothing is replaced until", str(budget.cooling_down_until)]] if budget.cooling_down_until else []
    return [
        ["chance of a false promotion in a year", f"at most {_level(budget.yearly)}"],
        ["spent in the last 365 days", f"{_level(budget.spent)} in {counted}"],
        ["accrues from", str(budget.accrues_from)],
        *cooling,
        ["a look today may spend", _allowed(budget)],
        *_next(budget),
    ]


def _allowed(budget: Budget) -> str:
    if budget.alpha > 0:
        return _level(budget.alpha)
    return "nothing: none is due" if budget.waiting is None else "nothing: a challenger waits for its second look"


def _next(budget: Budget) -> list[list[str]]:
    waiting = budget.waiting
    if waiting is None:
        return [["next look", f"due since {budget.next_look}" if budget.alpha > 0 else str(budget.next_look)]]
    told = f"the challenger of run {waiting.run}, at {_level(waiting.alpha)} again, from {waiting.due} on"
    return [["the second look at", told]]


def _show_looks(screen: Screen, budget: Budget, decisions: dict[int, str]) -> None:
    newest = budget.looks_taken[::-1][:SHOWN]
    if not newest:
        screen.line("No look was taken yet.")
        return
    screen.heading(f"The last {len(newest)} of {len(budget.looks_taken)} looks" if len(newest) > 1 else "The only look")
    screen.table(["look", "as of", "level", "run", "decision"], [
        [str(look.number), str(look.as_of), _spending(look), str(look.run), decisions[look.run]] for look in newest
    ], right=[0, 3])  # fmt: skip


def _spending(look: Look) -> str:
    return _level(look.alpha) if look.confirms is None else f"{_level(look.alpha)}, confirming look {look.confirms}"


def _show_resets(screen: Screen, budget: Budget) -> None:
    if budget.resets:
        screen.heading("Resets")
        screen.table(["as of", "by", "why"], [[str(one.as_of), one.by, one.why] for one in budget.resets])


def _level(share: float) -> str:
    """Three significant digits: a weekly look spends 0.0959 %."""
    return f"{100 * share:.3g} %"
