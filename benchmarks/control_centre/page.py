"""What was found, as Markdown and as JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict

from benchmarks.control_centre.measuring import Load, Measured, News, middle
from benchmarks.findings import machine_line


def page(found: Measured, load: Load) -> str:
    lines = [
        f"# The control centre under load: {load.endpoints:,} endpoints wait",
        "",
        "| | |",
        "|---|---|",
        *(f"| {what} | {told} |" for what, told in rows(found, load)),
        "",
        f"Machine: {machine_line()}.",
    ]
    return "\n".join(lines) + "\n"


def rows(found: Measured, load: Load) -> list[tuple[str, str]]:
    return [
        ("memory (PSS): nobody waits, all wait, after the load", _memory(found)),
        ("CPU while all wait and nothing else happens", f"{found.waiting_cpu:.1%} of a core"),
        (
            f"{load.listings_a_second:g} listings a second of {found.lines} runs meanwhile: p50 / p99 / slowest",
            f"{found.p50_ms:.1f} / {found.p99_ms:.1f} / {found.slowest_ms:.0f} ms",
        ),
        ("CPU during the listings", f"{found.listing_cpu:.0%} of a core"),
        ("another pointer: the first, the middle and the last endpoint hears after", _news(found)),
        ("CPU of telling all, and of their asking again", f"{middle([one.cpu for one in found.news]):.2f} s"),
        ("requests that failed", f"{found.failures}"),
    ]


def document(found: Measured, load: Load) -> str:
    """Every number, as JSON."""
    return json.dumps({"machine": machine_line(), "load": asdict(load), "measured": asdict(found)}, indent=1)


def _memory(found: Measured) -> str:
    return f"{found.idle_mb:.0f}, {found.waiting_mb:.0f}, {found.listing_mb:.0f} MB"


def _news(found: Measured) -> str:
    def span(of: Callable[[News], float]) -> str:
        numbers = [of(one) for one in found.news]
        return f"{middle(numbers):.2f} ({min(numbers):.2f} to {max(numbers):.2f})"

    return (
        f"{span(lambda one: one.first)}, {span(lambda one: one.median)}, {span(lambda one: one.last)} s,"
        f" of {len(found.news)} announcements"
    )
