"""The decision on top: what was decided, why, what it means, and by whom it was settled."""

from collections.abc import Callable

from nicegui import ui

from kingmaker.domain.verdict import Settlement, Verdict, VerdictReason
from kingmaker.interfaces.report.decision import decision_mark
from kingmaker.interfaces.report.wording import count, day, plain
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.verdict_parts.seen import Outcome, Seen

Fill = Callable[[], object]


def decision(here: Here, seen: Seen, verdict: Verdict, outcome: Outcome) -> None:
    shown = decision_mark(verdict.decision)
    with ui.element("div").classes(f"km-verdict-head {shown.kind}"):
        where(here, seen)
        with ui.element("div").classes("km-row"):
            mark(f"{shown.symbol} {here.t(f'verdict.decision.{verdict.decision}')}", shown.kind)
            if seen.turn is not None and seen.reign is not None and seen.reign.turn.version == seen.turn.version:
                mark(here.t("verdict.in_force"), "good")
        heading(here.t(f"verdict.outcome.{outcome}"), 1)
        element("p", verdict.sentence).classes("km-verdict-because")
        paragraph(here.t(f"verdict.means.{outcome}"))
        _notes(verdict)
        _facts(here, seen, verdict)


def undecided(here: Here, seen: Seen) -> None:
    """A run without a verdict: what became of it, and where to look."""
    run, state = seen.account.run, seen.line.state
    is_bad = run.state.is_over()
    with ui.element("div").classes(f"km-verdict-head {'bad' if is_bad else 'open'}"):
        where(here, seen)
        with ui.element("div").classes("km-row"):
            mark(here.t(f"verdict.state.{state.replace(' ', '_')}"), "bad" if is_bad else "open")
        heading(here.t("verdict.none_over") if is_bad else here.t("verdict.none_yet"), 1)
        if run.detail:
            element("p", run.detail).classes("km-verdict-because")
        paragraph(here.t("verdict.none_over_means") if is_bad else here.t("verdict.none_yet_means"))
        link(here.t("verdict.to_run", number=run.number), f"/runs/{run.number}")


def where(here: Here, seen: Seen) -> None:
    """The way back: pipeline, run and its day."""
    run = seen.account.run
    with ui.element("nav").classes("km-row km-quiet").props(f'aria-label="{here.t("verdict.where")}"'):
        link(run.request.pipeline, f"/pipelines/{run.request.pipeline}")
        link(here.t("verdict.run", number=run.number), f"/runs/{run.number}")
        text(here.t("verdict.as_of", day=day(run.request.as_of)))


def _notes(verdict: Verdict) -> None:
    if not verdict.notes:
        return
    with ui.element("ul").classes("km-verdict-notes"):
        for note in verdict.notes:
            element("li", note)


def _facts(here: Here, seen: Seen, verdict: Verdict) -> None:
    with ui.element("dl").classes("km-verdict-facts"):
        _fact(here.t("verdict.fact.settled"), lambda: _settled(here, seen))
        if verdict.reason is VerdictReason.AWAITING_SECOND_LOOK:
            _fact(here.t("verdict.fact.second_look"), lambda: _second_look(here, seen))
        if seen.turn is not None:
            _fact(here.t("verdict.fact.in_force"), lambda: _reigned(here, seen))
        _fact(here.t("verdict.fact.challenger"), lambda: _challenger(here, seen, verdict))
        _fact(here.t("verdict.fact.champion"), lambda: _champion(here, seen, verdict))
        evidence = seen.account.selection.evidence if seen.account.selection else None
        model = (evidence.challenger or evidence.champion) if evidence else None
        if evidence is not None and model is not None:
            said = here.t("verdict.judged_on", window=evidence.window, rows=count(model.rows), bads=count(model.bads))
            _fact(here.t("verdict.fact.loans"), lambda: text(said))
        rule = here.t("verdict.ruled", rule=plain(verdict.rule), reason=plain(verdict.reason.value))
        _fact(here.t("verdict.fact.rule"), lambda: text(rule))


def _fact(name: str, fill: Fill) -> None:
    with ui.element("div"):
        element("dt", name)
        with ui.element("dd"):
            fill()


def _settled(here: Here, seen: Seen) -> None:
    recorded = seen.account.recorded
    if recorded is None:
        return
    settlement = recorded.settlement
    if settlement is not None:
        text(_settlement(here, settlement) + " ")
        moment(settlement.at)
        return
    by = seen.account.run.request.requested_by
    waits = seen.line.awaits_decision
    text((here.t("verdict.waits_since", by=by) if waits else here.t("verdict.by_rule", by=by)) + " ")
    moment(recorded.recorded_at)


def _settlement(here: Here, settlement: Settlement) -> str:
    if settlement.approved:
        return here.t("verdict.approved_by", by=settlement.by, why=settlement.why)
    return here.t("verdict.refused_by", by=settlement.by, why=settlement.why)


def _second_look(here: Here, seen: Seen) -> None:
    taken, waiting = seen.second_look, seen.budget.waiting if seen.budget else None
    if taken is not None:
        text(here.t("verdict.second_taken") + " ")
        link(here.t("verdict.run", number=taken.run), f"/runs/{taken.run}/verdict")
    elif waiting is not None and waiting.run == seen.account.run.number:
        text(here.t("verdict.second_due", due=day(waiting.due)))
    else:
        text(here.t("verdict.second_never"))


def _reigned(here: Here, seen: Seen) -> None:
    turn = seen.turn
    assert turn is not None
    text(here.t("verdict.reigned", turn=turn.turn, by=turn.by) + " ")
    moment(turn.since)
    after = next((one for one in seen.account.history if one.turn == turn.turn + 1), None)
    if after is not None:
        text(" " + here.t("verdict.until", turn=after.turn) + " ")
        moment(after.since)


def _challenger(here: Here, seen: Seen, verdict: Verdict) -> None:
    if verdict.challenger_trial is None:
        text(here.t("verdict.no_challenger"))
        return
    finalist = seen.account.selection.finalist if seen.account.selection else None
    version = seen.account.version
    learner = finalist.learner if finalist else version.learner if version else ""
    named = here.t("verdict.trial", trial=verdict.challenger_trial)
    text(f"{named}, {learner} " if learner else f"{named} ")
    if seen.candidate:
        _version(seen, seen.candidate)


def _champion(here: Here, seen: Seen, verdict: Verdict) -> None:
    if verdict.champion_version is None:
        text(here.t("verdict.no_champion"))
        return
    _version(seen, verdict.champion_version)
    turn = next((one for one in seen.account.history if one.version == verdict.champion_version), None)
    if turn is not None:
        text(" " + here.t("verdict.champion_since", turn=turn.turn) + " ")
        moment(turn.since)


def _version(seen: Seen, version: str) -> None:
    link(version[:12], f"/pipelines/{seen.account.run.request.pipeline}/models/{version}")
