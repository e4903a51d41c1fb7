"""A step of a recipe in words."""

from kingmaker.interfaces.report.wording import number
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.recipe.spec import CategoryStep, NumberStep, Recipe, Scaling

Step = NumberStep | CategoryStep


def steps_of(recipe: Recipe) -> list[Step]:
    """Numbers first, then categories, as the recipe has them."""
    return [*recipe.numbers, *recipe.categories]


def made_of(t: Texts, step: Step) -> str:
    """What becomes of the column, in one line."""
    if isinstance(step, CategoryStep):
        said = t(f"run.recipe.encoding.{step.encoding}", count=len(step.levels))
        return said + (t("run.recipe.and_other") if step.has_other else "")
    if step.bins is not None:
        return t("run.recipe.binned", count=len(step.bins.values))
    said_of = [
        t("run.recipe.clipped", low=number(step.clip[0]), high=number(step.clip[1])) if step.clip else "",
        t("run.recipe.kept_missing") if step.fill is None else t("run.recipe.filled", value=number(step.fill)),
        t("run.recipe.indicated") if step.indicator else "",
        t(f"run.recipe.scaled.{step.scaling}") if step.scaling is not Scaling.NONE else "",
    ]
    return "; ".join(one for one in said_of if one)
