"""A card a pipeline: who is in force and how well, who follows, what comes next."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from markupsafe import Markup

from kingmaker.control.records import FigurePoint, PipelineGlance, PipelineLine, RunLine
from kingmaker.domain.alarm import AlarmLevel
from kingmaker.interfaces.report.wording import area, rate
from kingmaker.interfaces.web_ui.overview_parts.needs import is_needed
from kingmaker.interfaces.web_ui.overview_parts.seen import Seen
from kingmaker.interfaces.web_ui.parts.markup import anchor, filled, marked, told_at
from kingmaker.interfaces.web_ui.parts.sparklines import sparkline
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

_FIGURES: Final[tuple[tuple[str, Callable[[float], str], Callable[[FigurePoint], float]], ...]] = (
    ("auc", area, lambda point: point.auc),
    ("false_kill", rate, lambda point: point.false_kill),
    ("approval", rate, lambda point: point.approval_rate),
    ("bad_rate", rate, lambda point: point.bad_rate),
)


def cards(t: Texts, seen: Seen) -> Markup:
    """Those that need somebody first, then by name."""
    ordered = sorted(seen.lines, key=lambda line: (not is_needed(line, seen.glance(line.pipeline)), line.pipeline))
    made = Markup("").join(_card(t, seen, line) for line in ordered)
    return Markup('<div class="km-overview-cards">{}</div>').format(made)


def _card(t: Texts, seen: Seen, line: PipelineLine) -> Markup:
    glance = seen.glance(line.pipeline)
    title = Markup("<h2>{}</h2>").format(anchor(line.pipeline, f"/pipelines/{line.pipeline}"))
    body = [
        Markup('<div class="km-overview-title">{}{}</div>').format(title, _marks(t, line, glance)),
        _champion(t, line, seen.at),
        _figures(t, glance.points) if glance and glance.points else Markup(""),
        Markup('<dl class="km-overview-facts">{}</dl>').format(_facts(t, seen, line, glance)),
    ]
    return Markup('<section class="km-card km-overview-card">{}</section>').format(Markup("").join(body))


def _marks(t: Texts, line: PipelineLine, glance: PipelineGlance | None) -> Markup:
    told = []
    if line.held:
        told.append(marked(t("overview.mark.held"), "hold"))
    if line.frozen is not None:
        told.append(marked(t("overview.mark.frozen"), "open"))
    if glance and glance.alarms:
        mark = marked(t("overview.mark.alarms", count=len(glance.alarms)), _gravest(glance))
        to = f"/pipelines/{line.pipeline}/monitoring"
        told.append(Markup('<a class="km-overview-marks" href="{}">{}</a>').format(to, mark))
    return Markup("<span>{}</span>").format(Markup(" ").join(told))


def _gravest(glance: PipelineGlance) -> str:
    return "bad" if any(one.level is AlarmLevel.ALARM for one in glance.alarms) else "hold"


def _champion(t: Texts, line: PipelineLine, now: datetime) -> Markup:
    if line.champion is None:
        return Markup('<p class="km-quiet">{}</p>').format(t("overview.no_champion"))
    version = line.champion.version
    model = anchor(version[:12], f"/pipelines/{line.pipeline}/models/{version[:12]}")
    days = max(0, (now - line.champion.since).days)
    age = t("overview.today") if days == 0 else t("overview.days", count=days)
    said = filled(t("overview.in_force"), model=model, since=told_at(line.champion.since), age=age)
    return Markup('<p class="km-overview-champion">{}</p>').format(said)


def _figures(t: Texts, points: tuple[FigurePoint, ...]) -> Markup:
    rows = []
    for name, write, read in _FIGURES:
        values = [read(point) for point in points]
        told = t("overview.course", count=len(values), first=write(values[0]), last=write(values[-1]))
        title = t(f"overview.figure.{name}")
        row = Markup('<div><dt>{}</dt><dd class="value">{}</dd><dd>{}</dd></div>')
        rows.append(
            row.format(title, write(values[-1]), sparkline(values, f"{title}: {told}") if len(values) > 1 else "")
        )
    return Markup('<dl class="km-overview-figures">{}</dl>').format(Markup("").join(rows))


def _facts(t: Texts, seen: Seen, line: PipelineLine, glance: PipelineGlance | None) -> Markup:
    facts = []
    run = line.newest_run
    if run is not None:
        facts.append((t("overview.fact.run"), _run(t, seen, run)))
    if glance is not None:
        facts.append((t("overview.fact.endpoints"), _endpoints(t, glance)))
    facts.append((t("overview.fact.next"), _next(t, line)))
    return Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(title, told) for title, told in facts)


def _run(t: Texts, seen: Seen, run: RunLine) -> Markup:
    number = anchor(t("overview.run", run=run.run.number), f"/runs/{run.run.number}")
    if run.state != "under way":
        said = run.decision.value if run.decision else run.state.replace(" ", "_")
        return Markup("{} {} {}").format(
            number, t(f"overview.state.{said}"), told_at(run.run.ended_at or run.run.started_at)
        )
    advance = seen.advances.get(run.run.number)
    stage = t(f"overview.stage.{run.stage}")
    if advance is None:
        return Markup("{} · {}").format(number, stage)
    bar = Markup('<progress max="{}" value="{}" aria-label="{}"></progress>').format(advance.total, advance.done, stage)
    return Markup("{} · {} {}").format(number, stage, bar)


def _endpoints(t: Texts, glance: PipelineGlance) -> Markup:
    count, to = glance.endpoints, f"/endpoints?pipeline={glance.pipeline}"
    told = [
        marked(t(f"overview.endpoints.{name}", count=number), kind)
        for name, number, kind in (
            ("in_step", count.in_step, "good"),
            ("behind", count.behind, "hold"),
            ("silent", count.silent, "bad"),
            ("unreadable", count.unreadable, "bad"),
            ("gone", count.gone, "open"),
        )
        if number
    ]
    if not told:
        return Markup('<a class="km-quiet" href="{}">{}</a>').format(to, t("overview.endpoints.none"))
    return Markup('<a class="km-overview-marks" href="{}">{}</a>').format(to, Markup(" ").join(told))


def _next(t: Texts, line: PipelineLine) -> Markup:
    schedule = line.schedule
    waiting = Markup(" · {}").format(t("overview.waiting", count=line.waiting)) if line.waiting else Markup("")
    if schedule is None:
        return Markup('<span class="km-quiet">{}</span>{}').format(t("overview.unscheduled"), waiting)
    if schedule.next_at is None:
        return Markup("{}{}").format(marked(t("overview.paused"), "hold"), waiting)
    return told_at(schedule.next_at) + waiting
