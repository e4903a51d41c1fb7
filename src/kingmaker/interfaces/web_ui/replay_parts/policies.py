"""What each policy would have been worth: one row a policy, one column a measure."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup
from nicegui import ui

from kingmaker.interfaces.report.pictures.replay_frame import kind_of
from kingmaker.interfaces.report.replay_facts import baseline_of
from kingmaker.interfaces.report.replay_table import SAME, Cell, Column
from kingmaker.interfaces.report.wording import ABSENT, count, percent
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading, paragraph
from kingmaker.interfaces.web_ui.replay_parts.compared import Compared
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.loop.replaying.result import PolicyResult

_WAYS: Final[Mapping[str, str]] = {"\u2191": "higher", "\u2193": "lower"}


def policy_key(policy: str) -> Markup:
    """A policy's name beside its colour."""
    return Markup('<span class="key {}">{}</span>').format(kind_of(policy), policy)


def policies(here: Here, seen: Compared) -> None:
    t, baseline = here.t, baseline_of(seen.result)
    heading(t("replay.policies"))
    lead = [t("replay.policies_told", periods=count(seen.judged.periods))]
    if baseline is not None:
        lead.append(t("replay.policies_small", baseline=baseline.policy))
    paragraph(" ".join(lead), quiet=True)
    title = t("replay.policies")
    ui.html(_table(t, seen, title), sanitize=False).classes("paper")
    if not seen.result.amount:
        paragraph(t("replay.no_amounts"), quiet=True)


def _table(t: Texts, seen: Compared, title: str) -> Markup:
    names = [_name(t, column, seen) for column in seen.columns]
    head = Markup("").join(
        Markup('<th class="n" scope="col">{}{}</th>').format(name, _small(_way(t, column)))
        for name, column in zip(names, seen.columns, strict=True)
    )
    rows = Markup("").join(
        _row(t, policy, [column.cells[index] for column in seen.columns], names, seen.columns)
        for index, policy in enumerate(seen.result.policies)
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="policies">'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(title, t("replay.policy"), head, rows)


def _row(
    t: Texts, policy: PolicyResult, cells: Sequence[Cell], names: Sequence[str], columns: Sequence[Column]
) -> Markup:
    said = Markup("").join(
        Markup('<td class="n" data-name="{}">{}{}</td>').format(
            name, Markup("<b>{}</b>").format(text) if cell.is_best else text, _small(below)
        )
        for name, cell, (text, below) in zip(
            names,
            cells,
            (_words(t, policy, one, column) for one, column in zip(cells, columns, strict=True)),
            strict=True,
        )
    )
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(policy_key(policy.policy), said)


def _words(t: Texts, policy: PolicyResult, cell: Cell, column: Column) -> tuple[str, str]:
    """The figure and what stands below it, in the viewer's language."""
    if column.measure == "worse" and cell.text != ABSENT:
        told = t("replay.worse_of", worse=count(policy.worse), judged=count(policy.judged))
        return told, t("replay.clearly", count=count(policy.clearly_worse)) if policy.worse else ""
    return cell.text, t("replay.the_same") if cell.below == SAME else cell.below


def _name(t: Texts, column: Column, seen: Compared) -> str:
    return t(
        f"replay.measure.{column.measure}",
        rate=percent(seen.result.approval_rate),
        amount=seen.result.amount or "",
    )


def _way(t: Texts, column: Column) -> str:
    """Which way is better: an arrow, and a word for it."""
    arrow = column.wanted[:1]
    return f"{arrow} {t(f'replay.better.{_WAYS[arrow]}')}" if arrow else ""


def _small(said: str) -> Markup:
    return Markup("<small>{}</small>").format(said) if said else Markup("")
