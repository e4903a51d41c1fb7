"""Which version it is: learner, run, when it was in force, and where it comes from."""

from collections.abc import Callable

from nicegui import ui

from kingmaker.interfaces.report.wording import count, day, plain
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, mark, moment, text

Fill = Callable[[], object]


def head(here: Here, seen: SeenModel) -> None:
    t, model = here.t, seen.model
    with ui.element("div").classes("km-model-head"):
        with element("p").classes("km-row km-quiet"):
            link(seen.pipeline, f"/pipelines/{seen.pipeline}")
            text(t("model.eyebrow"))
        heading(f"{plain(model.version.learner)} {model.version.short}", 1)
        with ui.element("div").classes("km-row"):
            _standing(here, seen)
            published = "refit" if model.lineage.published_as == "refit" else "tested"
            mark(t(f"model.published.{published}"))


def facts(here: Here, seen: SeenModel) -> None:
    """The lineage, as a list of names and values."""
    t, model, lineage = here.t, seen.model, seen.model.lineage
    with ui.element("dl").classes("km-model-facts"):
        _fact(t("model.fact.version"), lambda: _code(model.version.version))
        _fact(t("model.fact.run"), lambda: _run(here, seen))
        _fact(t("model.fact.in_force"), lambda: _turns(here, seen))
        _fact(t("model.fact.key"), lambda: _code(model.key))
        _fact(t("model.fact.snapshot"), lambda: _code(lineage.snapshot))
        _fact(t("model.fact.declaration"), lambda: _code(lineage.declaration))
        _fact(t("model.fact.trial"), lambda: _code(lineage.trial))
        _fact(t("model.fact.fitted"), lambda: text(_fitted(here, seen)))
        _fact(t("model.fact.seeds"), lambda: text(", ".join(map(str, lineage.seeds))))
        parity = model.manifest.parity
        told = t("model.parity", rows=count(parity.rows), difference=f"{parity.largest_pd_difference:.1e}")
        _fact(t("model.fact.parity"), lambda: text(told))
        chosen = ", ".join(f"{plain(name)} {value}" for name, value in sorted(lineage.hyperparameters.items()))
        _fact(t("model.fact.hyperparameters"), lambda: text(chosen or "-"))
        packages = ", ".join(f"{name} {version}" for name, version in sorted(lineage.packages.items()))
        _fact(t("model.fact.packages"), lambda: text(packages or "-"))


def _standing(here: Here, seen: SeenModel) -> None:
    if seen.is_in_force:
        mark(here.t("model.standing.now"), "good")
    elif seen.model.in_force:
        mark(here.t("model.standing.before"))
    else:
        mark(here.t("model.standing.never"))


def _run(here: Here, seen: SeenModel) -> None:
    link(here.t("model.run", number=seen.run.number), f"/runs/{seen.run.number}")
    text(" " + here.t("model.as_of", day=day(seen.run.request.as_of)) + ", " + here.t("model.published_at") + " ")
    moment(seen.model.version.published_at)


def _turns(here: Here, seen: SeenModel) -> None:
    if not seen.model.in_force:
        text(here.t("model.never"))
    for held in seen.model.in_force:
        with ui.element("div"):
            text(here.t("model.turn", number=held.turn.turn) + " ")
            moment(held.turn.since)
            text(" \u2013 ")
            moment(held.until) if held.until else text(here.t("model.until_now"))
            element("div", f"{held.turn.by}: {held.turn.why}").classes("km-quiet")


def _fitted(here: Here, seen: SeenModel) -> str:
    lineage = seen.model.lineage
    if lineage.fitted_rows is None and lineage.fitted_until is None:
        return "-"
    return here.t("model.fitted", rows=count(lineage.fitted_rows), day=day(lineage.fitted_until))


def _code(said: str) -> None:
    element("code", said)


def _fact(name: str, fill: Fill) -> None:
    with ui.element("div"):
        element("dt", name)
        with ui.element("dd"):
            fill()
