"""What needs a person, as sentences that lead to where it is done."""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from kingmaker.control.records import PipelineGlance, PipelineLine
from kingmaker.domain.alarm import AlarmLevel
from kingmaker.domain.run import RunState
from kingmaker.interfaces.web_ui.overview_parts.seen import Seen
from kingmaker.interfaces.web_ui.parts.markup import anchor, filled, marked
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

MOST: Final = 30
_KINDS: Final = ("disk", "failed", "silent", "unreadable", "alarm", "decide")
"""The gravest first."""


def needs(t: Texts, seen: Seen) -> Markup:
    """A list, the gravest first; one sentence when nobody is needed."""
    found = sorted(_needs(t, seen), key=lambda told: told[0])
    if not found:
        return Markup('<p class="km-overview-calm">{} {}</p>').format(
            marked(t("overview.calm_mark"), "good"), t("overview.calm")
        )
    rows = [Markup("<li>{} <span>{}</span></li>").format(_mark(t, kind), said) for kind, said in found[:MOST]]
    if len(found) > MOST:
        rows.append(Markup("<li><span>{}</span></li>").format(t("overview.more", count=len(found) - MOST)))
    return Markup('<ul class="km-overview-needs">{}</ul>').format(Markup("").join(rows))


def is_needed(line: PipelineLine, glance: PipelineGlance | None) -> bool:
    """Whether somebody should look at this pipeline before others."""
    return bool(line.held or line.schedule_fault or _has_failed(line) or (glance and _is_ill(glance)))


def _is_ill(glance: PipelineGlance) -> bool:
    broken = glance.endpoints.silent or glance.endpoints.unreadable
    return bool(broken or any(one.level is AlarmLevel.ALARM for one in glance.alarms))


def _mark(t: Texts, kind: int) -> Markup:
    name = _KINDS[kind]
    return marked(t(f"overview.kind.{name}"), "hold" if name == "decide" else "bad")


def _needs(t: Texts, seen: Seen) -> Iterator[tuple[int, Markup]]:
    if seen.is_disk_low:
        yield 0, filled(t("overview.disk_low"))
    for line in seen.lines:
        yield from _of_runs(t, line)
        glance = seen.glance(line.pipeline)
        if glance is not None:
            yield from _of_endpoints(t, glance)


def _of_runs(t: Texts, line: PipelineLine) -> Iterator[tuple[int, Markup]]:
    name = line.pipeline
    newest = line.newest_run
    if newest is not None and _has_failed(line):
        run = anchor(t("overview.run", run=newest.run.number), f"/runs/{newest.run.number}")
        yield 1, filled(t("overview.run_failed"), run=run, pipeline=name, why=newest.run.detail)
    if line.schedule_fault:
        schedule = anchor(t("overview.schedule_of", pipeline=name), "/schedules")
        yield 1, filled(t("overview.schedule_failed"), schedule=schedule, why=line.schedule_fault)
    for number in line.held:
        run = anchor(t("overview.run", run=number), f"/runs/{number}/verdict")
        yield 5, filled(t("overview.run_held"), run=run, pipeline=name)


def _of_endpoints(t: Texts, glance: PipelineGlance) -> Iterator[tuple[int, Markup]]:
    name = glance.pipeline
    for said, number in (("silent", glance.endpoints.silent), ("unreadable", glance.endpoints.unreadable)):
        if number:
            told = t(f"overview.endpoints_{said}", count=number, pipeline=name)
            yield _KINDS.index(said), anchor(told, f"/endpoints?pipeline={name}&troubled=true")
    for alarm in glance.alarms:
        if alarm.level is AlarmLevel.ALARM and not alarm.kind.value.startswith("endpoint_"):
            yield 4, Markup("{}: {}").format(anchor(name, f"/pipelines/{name}/monitoring"), alarm.sentence)


def _has_failed(line: PipelineLine) -> bool:
    return line.newest_run is not None and line.newest_run.run.state is RunState.FAILED
