"""The fitted cleaning, column by column: what it does, and how the loans lie before and after."""

from urllib.parse import urlencode

from kingmaker.domain.run import Stage
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, link, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import choosing, select
from kingmaker.interfaces.web_ui.run_parts.column import column_shown
from kingmaker.interfaces.web_ui.run_parts.head import run_head
from kingmaker.interfaces.web_ui.run_parts.kept import nothing_yet
from kingmaker.interfaces.web_ui.run_parts.steps import Step, made_of, steps_of
from kingmaker.recipe.spec import NumberStep, Recipe


@room("/runs/{number}/recipe", name="runs", title="run.page.recipe")
async def run_recipe(here: Here, number: int, recipe: str = "", column: str = "") -> None:
    await run_head(here, number, "recipe")
    recipes = await here.ask(lambda office: office.recipes(number))
    if not recipes:
        stages = await here.ask(lambda office: office.stages(number))
        nothing_yet(here, stages, here.t("run.recipe.none"), of=Stage.PREPARE)
        return
    chosen = next((one for one in recipes if one.variant == recipe), recipes[-1])
    names = [step.name for step in steps_of(chosen)]
    name = column if column in names else names[0]
    _choice(here, recipes, chosen, name)
    account = await here.ask(lambda office: office.column(number, name, recipe=chosen.variant))
    step = next(step for step in steps_of(chosen) if step.name == name)
    column_shown(here, step, account)
    _all(here, chosen, name)
    _dropped(here, chosen)


def _choice(here: Here, recipes: list[Recipe], chosen: Recipe, name: str) -> None:
    """Which recipe and which column: a form that works without the script too."""
    t = here.t
    paragraph(t("run.recipe.told"))
    names = [step.name for step in steps_of(chosen)]
    variants = {one.variant: t(f"run.recipe.variant.{one.variant}") for one in recipes}
    with choosing():
        select(t("run.recipe.recipe"), "recipe", variants, chosen.variant, at_once=True)
        select(t("run.recipe.column"), "column", {one: one for one in names}, name, at_once=True)
        place = names.index(name)
        if place:
            link(t("run.recipe.previous"), _address(chosen.variant, names[place - 1])).props("rel=prev")
        if place + 1 < len(names):
            link(t("run.recipe.next"), _address(chosen.variant, names[place + 1])).props("rel=next")


def _address(recipe: str, column: str) -> str:
    return "?" + urlencode({"recipe": recipe, "column": column})


def _all(here: Here, recipe: Recipe, name: str) -> None:
    t = here.t
    heading(t("run.recipe.all"))
    columns = [Column(t(f"run.recipe.column_title.{one}")) for one in ("name", "kind", "made")]
    table(t("run.recipe.all"), columns, [_line(here, recipe, step, name) for step in steps_of(recipe)])


def _line(here: Here, recipe: Recipe, step: Step, name: str) -> list[Cell]:
    kind = "number" if isinstance(step, NumberStep) else "category"

    def shown() -> None:
        made = link(step.name, _address(recipe.variant, step.name))
        if step.name == name:
            made.props("aria-current=true")

    return [shown, here.t(f"run.recipe.kind.{kind}"), made_of(here.t, step)]


def _dropped(here: Here, recipe: Recipe) -> None:
    heading(here.t("run.recipe.dropped"))
    if not recipe.dropped:
        empty(here.t("run.recipe.none_dropped"))
        return
    columns = [Column(here.t("run.data.column.column")), Column(here.t("run.data.column.why"))]
    table(here.t("run.recipe.dropped"), columns, [[name, why] for name, why in recipe.dropped])
