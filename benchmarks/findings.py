"""What a benchmark found, and the page on which it is told."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "lightgbm", "numpy", "onnxruntime", "optbinning", "pandas", "polars", "pyarrow", "scikit-learn", "xgboost-cpu"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of the table, as it is read. `met` None where there is no goal."""

    what: str
    ours: str
    peer: str
    ratio: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One benchmark: what was done, its findings, and what a reader must know to trust them."""

    title: str
    about: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def span(low: float, middle: float, high: float) -> str:
    """A ratio as it is told: its median and range over the rounds."""
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def machine_line() -> str:
    """What the numbers were measured on, and how busy it was."""
    machine = f"{_processor()}, {os.cpu_count()} cores, {_memory()}; {platform.system()}"
    return f"{machine}; Python {platform.python_version()}; load average {os.getloadavg()[0]:.1f} at the end"


def versions_line() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def write_page(chapters: Sequence[Chapter], path: Path) -> None:
    """Write the results as one Markdown page."""
    lines = ["# Results", "", f"Machine: {machine_line()}.", "", f"Versions: {versions_line()}.", ""]
    for chapter in chapters:
        lines += page_of(chapter)
    path.write_text("\n".join(lines))


def page_of(chapter: Chapter) -> list[str]:
    lines = [f"## {chapter.title}", "", chapter.about, ""]
    lines += ["| what | Kingmaker | peer | ratio | goal | |", "|---|---|---|---|---|---|"]
    verdicts = {None: "", True: "met", False: "**missed**"}
    lines += [
        f"| {one.what} | {one.ours} | {one.peer} | {one.ratio} | {one.goal} | {verdicts[one.met]} |"
        for one in chapter.findings
    ]
    return [*lines, "", *(f"- {note}" for note in chapter.notes), *([""] if chapter.notes else [])]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in facts.read_text().splitlines() if line.startswith("model name")]
        if facts.exists()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / (1 << 30):.0f} GB"
