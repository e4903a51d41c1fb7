"""A new pipeline: from a commented text, or from a draft that a file of the data folder suggests."""

from collections.abc import Sequence
from importlib.resources import files

from nicegui import ui

from kingmaker.control.records import DataFile
from kingmaker.domain.access import Right
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import labelled_input, refuse
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, paragraph
from kingmaker.interfaces.web_ui.pipeline_parts.editor import Editor
from kingmaker.interfaces.web_ui.pipeline_parts.saving import Saving
from kingmaker.interfaces.web_ui.room import room


@room("/pipelines/new", name="overview", title="declaration.new_title")
async def new_pipeline(here: Here) -> None:
    heading(here.t("declaration.new_title"), 1)
    if not any(here.may(Right.ASK, pipeline) for pipeline in (None, *(here.who.pipelines or ()))):
        empty(here.t("declaration.may_not"))
        return
    found = await here.ask(lambda office: office.data_files())
    editor = Editor(here, "kingmaker.declaration.new pipeline", _starting_text())
    _drafting(here, found, editor)
    heading(here.t("declaration.text"))
    editor.build()
    Saving(here, editor, None, 0).build()


def _starting_text() -> str:
    return (files("kingmaker.interfaces.web_ui.pipeline_parts") / "starting.yaml").read_text(encoding="utf-8")


def _drafting(here: Here, found: Sequence[DataFile], editor: Editor) -> None:
    t = here.t
    heading(t("declaration.draft"))
    if not found:
        empty(t("declaration.no_files"))
        return
    paragraph(t("declaration.draft_told"), quiet=True)
    with ui.element("div").classes("km-declaration-form"):
        named = {one.path: f"{one.path} · {_size(one.bytes)} · {one.changed_at:%Y-%m-%d}" for one in found}
        file = ui.select(named, label=t("declaration.file"), value=found[0].path)
        file.props("outlined dense stack-label options-dense").classes("w-full")
        name = labelled_input(t("declaration.name"))
        target = labelled_input(t("declaration.target"))
        outcome = labelled_input(t("declaration.outcome"))
        under_way = element("p").props("role=status").classes("km-quiet")

        async def draft() -> None:
            under_way.clear()
            with under_way:
                element("span", t("declaration.reading", file=file.value))
            await _put_draft(here, editor, str(file.value), _said(name), _said(target), _said(outcome))
            under_way.clear()

        button(t("declaration.draft_now"), draft, plain=False)


def _said(field: ui.input) -> str | None:
    return str(field.value or "").strip() or None


async def _put_draft(
    here: Here, editor: Editor, file: str, name: str | None, target: str | None, outcome: str | None
) -> None:
    if name is None:
        ui.notify(here.t("declaration.name_needed"), type="negative")
        return
    try:
        text = await here.ask(lambda office: office.draft(name, file, target=target, outcome=outcome))
    except NotLoggedIn:
        editor.leave_to_log_in()
    except KingmakerError as error:
        refuse(error)
    else:
        editor.put(text)
        ui.notify(here.t("declaration.drafted"), type="positive")


def _size(count: int) -> str:
    for size, unit in ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB")):
        if count >= size:
            return f"{count / size:.1f}\u202f{unit}"
    return f"{count}\u202fB"
