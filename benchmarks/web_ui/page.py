"""What was found, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from benchmarks.findings import machine_line
from benchmarks.web_ui.measuring import Measured, Opened
from benchmarks.web_ui.size import Size

GOAL_MS: Final = 1000.0


def page(found: Measured, size: Size) -> str:
    return "\n".join(_lines(found, size)) + "\n"


def _lines(found: Measured, size: Size) -> Iterator[str]:
    opened = (*found.pages, *found.documents)
    slow = [one.name for one in opened if one.median_ms >= GOAL_MS]
    yield f"# The pages with {size.runs:,} runs, {size.trials:,} trials, {size.endpoints:,} endpoints"
    yield ""
    yield from _table("page", found.pages)
    yield ""
    yield from _table("JSON", found.documents)
    yield ""
    yield f"Goal: a median below {GOAL_MS:,.0f} ms each: {'missed by ' + ', '.join(slow) if slow else 'met by all'}."
    left, weight = found.open_pages, found.weight
    if weight is not None:
        yield (
            f"The overview in a browser that was never here: {weight.files} files, {weight.sent / 1e3:,.0f} KB over the wire; "
            f"the next time {weight.again_files} files, {weight.again_sent / 1e3:,.0f} KB; "
            f"{weight.elsewhere} files of other servers."
        )
    yield (
        f"{left.pages} pages left open: {left.cpu:.0%} of a core, {left.messages} messages; the overview then opens in "
        f"{left.overview_ms:.0f} ms, at most {left.overview_max_ms:.0f}."
    )
    yield (
        f"Memory (PSS): {found.started_mb:.0f} MB at the start, {found.after_mb:.0f} after all pages, "
        f"{found.open_mb:.0f} with those left open."
    )
    yield f"Machine: {machine_line()}."


def _table(what: str, opened: Sequence[Opened]) -> Iterator[str]:
    yield f"| {what} | first, ms | median, ms | max, ms | server CPU, ms | KB sent | KB unpacked |"
    yield "|---|---|---|---|---|---|---|"
    for one in opened:
        name = one.name if one.status == 200 else f"{one.name} (status {one.status})"
        times = f"{one.first_ms:.0f} | {one.median_ms:.0f} | {one.max_ms:.0f} | {one.cpu_ms:.0f}"
        yield f"| {name} | {times} | {one.sent / 1e3:,.0f} | {one.whole / 1e3:,.0f} |"


def document(found: Measured, size: Size) -> str:
    """Every number, as JSON."""
    return json.dumps({"machine": machine_line(), "size": asdict(size), "measured": asdict(found)}, indent=1)
