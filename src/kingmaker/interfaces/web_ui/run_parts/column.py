"""One column of a recipe: its bins with their weights of evidence, and how it is spread before and after."""

from nicegui import ui

from kingmaker.interfaces.report.wording import ABSENT, count, fine, number, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading, paragraph
from kingmaker.interfaces.web_ui.parts.paper import figure
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.run_parts.pictures import bins_figure, spread_figure, woe_figure
from kingmaker.interfaces.web_ui.run_parts.steps import Step, made_of
from kingmaker.loop.column_records import ColumnAccount, Spread


def column_shown(here: Here, step: Step, account: ColumnAccount) -> None:
    t = here.t
    heading(account.name)
    missing = account.before.missing if account.before else _missing_of(account)
    paragraph(
        t(
            "run.recipe.loans",
            rows=count(account.rows),
            bads=count(account.bads),
            missing=rate(missing / account.rows if account.rows else None),
        )
    )
    paragraph(f"{made_of(t, step)[:1].upper()}{made_of(t, step)[1:]}.")
    with ui.element("div").classes("km-run-three"):
        if account.before is not None:
            figure(spread_figure(t, t("run.recipe.before"), account.before))
        if account.before is not None and not account.has_own_bins:
            for output in account.after:
                figure(spread_figure(t, t("run.recipe.after", name=output.name), output.spread))
        figure(bins_figure(t, account.bins))
        figure(woe_figure(t, account.bins))
    _bins(here, account)
    _spreads(here, account)


def _missing_of(account: ColumnAccount) -> int:
    return sum(one.rows for one in account.bins if one.label == "missing")


def _bins(here: Here, account: ColumnAccount) -> None:
    t = here.t
    title = t("run.recipe.bins") if account.has_own_bins else t("run.recipe.groups")
    heading(title, 3)
    has_values = any(one.value is not None for one in account.bins)
    names = ("bin", "rows", "share", "bads", "bad_rate", *(("woe",) if has_values else ()))
    columns = [Column(t(f"run.recipe.column_title.{name}"), is_number=name != "bin") for name in names]
    rows: list[list[Cell]] = [
        [
            one.label,
            count(one.rows),
            rate(one.rows / account.rows) if account.rows else ABSENT,
            count(one.bads),
            rate(one.bad_rate),
            *((fine(one.value),) if has_values else ()),
        ]
        for one in account.bins
    ]
    table(title, columns, rows).classes("km-run-plain")


def _spreads(here: Here, account: ColumnAccount) -> None:
    """Quantiles before and after, side by side."""
    spreads: list[tuple[str, Spread]] = []
    if account.before is not None:
        spreads.append((here.t("run.recipe.raw"), account.before))
    spreads += [(one.name, one.spread) for one in account.after]
    if account.before is None or not any(one.quantiles for _, one in spreads):
        return
    title = here.t("run.recipe.quantiles")
    heading(title, 3)
    shares = next(one.quantiles for _, one in spreads if one.quantiles)
    names = [here.t("run.recipe.column_title.values"), *(_share(here, share) for share, _ in shares),
             here.t("run.recipe.column_title.missing")]  # fmt: skip
    columns = [Column(name, is_number=place > 0) for place, name in enumerate(names)]
    rows: list[list[Cell]] = [
        [
            name,
            *([number(value) for _, value in spread.quantiles] or [ABSENT] * len(shares)),
            rate(spread.missing / spread.rows if spread.rows else None),
        ]
        for name, spread in spreads
    ]
    table(title, columns, rows).classes("km-run-plain")


def _share(here: Here, share: float) -> str:
    known = {0.0: "lowest", 0.5: "median", 1.0: "highest"}
    return here.t(f"run.recipe.{known[share]}") if share in known else rate(share).replace(".0", "")
