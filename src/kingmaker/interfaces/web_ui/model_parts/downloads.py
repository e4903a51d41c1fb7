"""What can be taken away: the bundle, what is in it, the report of its run, and the document for a committee."""

from nicegui import ui

from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.elements import element, link


def downloads(here: Here, seen: SeenModel) -> None:
    t, short = here.t, f"{seen.pipeline}-{seen.model.version.short}"
    size = f"{seen.model.bytes / 1e6:.1f}\u202fMB"
    offered = (
        (t("model.download.document"), t("model.download.document_told"), f"{seen.address}/document", ""),
        (t("model.download.report"), t("model.download.report_told"), f"/api/v1/runs/{seen.run.number}/report", ""),
        (
            t("model.download.bundle"),
            t("model.download.bundle_told", size=size),
            f"{seen.address}/bundle",
            f"{short}.kingmaker",
        ),
        (
            t("model.download.thresholds"),
            t("model.download.thresholds_told"),
            f"{seen.address}/thresholds",
            f"{short}-thresholds.json",
        ),
        (t("model.download.schema"), t("model.download.schema_told"), f"{seen.address}/schema", f"{short}-schema.json"),
    )
    with ui.element("ul").classes("km-model-downloads"):
        for one in offered:
            _download(*one)


def _download(name: str, told: str, address: str, file: str) -> None:
    """`file` is what it is kept as; a page without one is opened beside this one."""
    with ui.element("li"):
        made = link(name, address)
        made.props(f"download={file}" if file else "target=_blank rel=noopener")
        element("div", told).classes("km-quiet")
