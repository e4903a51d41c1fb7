"""Promote by hand, go back to this version, freeze: for those who decide, with a reason."""

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, element


def acts(here: Here, seen: SeenModel) -> None:
    """Nothing for whoever may not decide. A version that was in force comes back by a roll-back, any other by a promotion."""
    if not here.may(Right.DECIDE, seen.pipeline):
        return
    frozen = seen.reign.frozen if seen.reign else None
    with ui.element("div").classes("km-row km-model-acts"):
        if not seen.is_in_force and seen.model.in_force:
            button(here.t("model.roll_back"), lambda: _roll_back(here, seen))
        elif not seen.is_in_force and frozen is None:
            button(here.t("model.promote"), lambda: _promote(here, seen))
        if seen.reign is not None:
            button(here.t("model.lift" if frozen else "model.freeze"), lambda: _freeze(here, seen))
    if frozen is not None:
        element("p", here.t("model.frozen", by=frozen.by, why=frozen.why)).classes("km-quiet")


def _promote(here: Here, seen: SeenModel) -> None:
    turn = seen.reign.turn.turn if seen.reign else 0
    told = here.t("model.promote_told", version=seen.model.version.short, pipeline=seen.pipeline)
    ask_why(
        here,
        here.t("model.promote"),
        told,
        lambda office, why: office.promote(seen.pipeline, seen.version, expected_turn=turn, why=why),
    )


def _roll_back(here: Here, seen: SeenModel) -> None:
    told = here.t("model.roll_back_told", version=seen.model.version.short, pipeline=seen.pipeline)
    ask_why(
        here,
        here.t("model.roll_back"),
        told,
        lambda office, why: office.roll_back(seen.pipeline, to=seen.version, why=why),
    )


def _freeze(here: Here, seen: SeenModel) -> None:
    if seen.reign is not None and seen.reign.frozen is not None:
        ask_why(
            here,
            here.t("model.lift"),
            here.t("model.lift_told", pipeline=seen.pipeline),
            lambda office, why: office.lift_freeze(seen.pipeline, why=why),
        )
        return
    ask_why(
        here,
        here.t("model.freeze"),
        here.t("model.freeze_told", pipeline=seen.pipeline),
        lambda office, why: office.freeze(seen.pipeline, why=why),
    )
