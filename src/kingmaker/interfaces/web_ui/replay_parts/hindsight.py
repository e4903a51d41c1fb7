"""What happened under each policy: promotions as they look in hindsight, and the dates on which nothing changed."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from nicegui import ui

from kingmaker.interfaces.report.replay_events import Promotion, Promotions, Standstill
from kingmaker.interfaces.report.wording import (
    ABSENT,
    count,
    day,
    exact_rate,
    percent,
    percentage_points,
    plain,
    signed,
)
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, mark, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.replay_parts.compared import Compared
from kingmaker.interfaces.web_ui.replay_parts.policies import policy_key

_PROMOTION: Final = (
    "as_of",
    "run",
    "old_version",
    "new_version",
    "learner",
    "goods",
    "new",
    "old",
    "difference",
    "seen",
)
_NUMBERS: Final = frozenset({"run", "goods", "new", "old", "difference"})
_STANDSTILL: Final = ("as_of", "policy", "run", "reason", "said")
AT_A_GLANCE: Final = 12
"""Rows of a table that is not folded."""
MOST_ROWS: Final = 60
"""Of one table; the report has all of them."""


def promotions(here: Here, seen: Compared) -> None:
    t = here.t
    heading(t("replay.promotions"))
    if not seen.promotions:
        empty(t("replay.no_promotions"))
        return
    paragraph(t("replay.promotions_told", rate=percent(seen.result.approval_rate)), quiet=True)
    for one in seen.promotions:
        _promotions(here, one)


def _promotions(here: Here, one: Promotions) -> None:
    t, number = here.t, len(one.rows)
    with ui.element("details").classes("km-replay-promotions") as made:
        with ui.element("summary").classes("paper"):
            told = t("replay.promoted", count=count(number))
            ui.html(policy_key(one.policy) + Markup(" \u00b7 {}").format(told), sanitize=False, tag="span")
        columns = [Column(t(f"replay.column.{name}"), is_number=name in _NUMBERS) for name in _PROMOTION]
        title = t("replay.promotions_of", count=count(number), policy=one.policy)
        table(title, columns, [_promotion(here, row) for row in one.rows[-MOST_ROWS:]], stacks=True)
        if one.sentence:
            paragraph(t("replay.all_said", sentence=one.sentence), quiet=True)
        _rest(here, number)
    if number <= AT_A_GLANCE:
        made.props("open")


def _promotion(here: Here, row: Promotion) -> list[Cell]:
    seen, reign = row.reign.hindsight, row.reign
    learner = reign.learner if reign.learner == row.before.learner else f"{row.before.learner} \u2192 {reign.learner}"
    return [
        day(reign.since),
        count(reign.run),
        lambda: _version(row.before.version),
        lambda: _version(reign.version),
        learner,
        count(seen.goods if seen else None),
        exact_rate(row.new),
        exact_rate(row.old),
        f"{signed(percentage_points(seen.difference))} \u00b1 {percentage_points(seen.standard_error)}"
        if seen
        else ABSENT,
        lambda: mark(_hindsight(here, row), row.mark.kind),
    ]


def _hindsight(here: Here, row: Promotion) -> str:
    """What the report's mark says, in the viewer's language."""
    return here.t(f"replay.hindsight.{row.mark.word.replace(', ', '_').replace(' ', '_')}")


def _version(version: str) -> None:
    text(version[:12]).classes("km-pipeline-version")


def standstills(here: Here, seen: Compared) -> None:
    t, result = here.t, seen.result
    heading(t("replay.standstills"))
    heading(t("replay.refused"), 3)
    _standing_still(here, seen.refusals, t("replay.refused"), t("replay.nothing_refused"))
    heading(t("replay.held"), 3)
    if seen.holds:
        paragraph(t(f"replay.held_then.{result.holds}"), quiet=True)
    _standing_still(here, seen.holds, t("replay.held"), t("replay.nothing_held"))


def _standing_still(here: Here, rows: Sequence[Standstill], title: str, nothing: str) -> None:
    if not rows:
        paragraph(nothing, quiet=True)
        return
    columns = [Column(here.t(f"replay.column.{name}"), is_number=name == "run") for name in _STANDSTILL]
    table(title, columns, [_standstill(row) for row in rows[-MOST_ROWS:]], stacks=True).classes("km-replay-standstills")
    _rest(here, len(rows))


def _standstill(row: Standstill) -> list[Cell]:
    keys = Markup(" ").join(policy_key(policy) for policy in row.policies)
    return [
        day(row.as_of),
        lambda: ui.html(keys, sanitize=False, tag="span").classes("paper km-replay-keys"),
        ", ".join(str(number) for number in row.runs) or ABSENT,
        plain(row.reason),
        row.sentence,
    ]


def _rest(here: Here, rows: int) -> None:
    if rows > MOST_ROWS:
        paragraph(here.t("replay.rest", shown=count(MOST_ROWS), all=count(rows)), quiet=True)
