"""The error budget as a risk officer reads it, and resets it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT

from kingmaker.domain.champion import TurnReason
from kingmaker.domain.look import Look
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import VerdictReason
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Terminal

WEEK = 0.05 * 7 / 365


@pytest.fixture
def house(crowned: Terminal) -> Iterator[House]:
    del crowned
    house = open_house(Settings(home=Path("home")))
    yield house
    house.close()


def looked(
    house: House, as_of: str, reason: VerdictReason, *, alpha: float = WEEK, confirms: int | None = None
) -> Look:
    """Another run of the pipeline that takes a look, with the verdict of run 1 but for the reason."""
    first, day = house.ledger.run(1).request, date.fromisoformat(as_of)
    recorded = house.ledger.verdict(1)
    assert recorded is not None
    lease = house.ledger.open_run(replace(first, key=f"{as_of} {reason}", as_of=day), house.holder)[1]
    champion = house.ledger.history("book")[-1].version
    look = house.ledger.open_look(
        lease, as_of=day, artefact="t" * 64, champion=champion, alpha=alpha, confirms=confirms
    )
    verdict = replace(recorded.verdict, reason=reason)
    house.ledger.record_verdict(lease, verdict, evidence=recorded.evidence, candidate_version=None)
    house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return look


def words(told: str) -> str:
    return " ".join(told.split())


def test_after_the_first_champion_a_look_is_due_in_a_week(crowned: Terminal) -> None:
    told = words(crowned.shows("budget"))
    assert f"Pipeline book as of {BEFORE_THE_SHIFT}" in told
    assert "chance of a false promotion in a year at most 5 %" in told
    assert "spent in the last 365 days 0 % in 0 looks" in told
    assert "nothing is replaced" not in told
    assert "a look today may spend nothing: none is due" in told
    assert "next look 2017-01-07" in told
    assert "No look was taken yet." in told


def test_a_later_day_shows_what_will_have_accrued(crowned: Terminal) -> None:
    told = words(crowned.shows("budget", "book", "--as-of", "2017-03-14"))
    assert "a look today may spend 1 % next look due since 2017-01-07" in told
    budget = crowned.document("budget", "--as-of", "2017-03-14")
    assert (budget["pipeline"], budget["alpha"], budget["waiting"]) == ("book", pytest.approx(0.01), None)


def test_after_a_replacement_it_is_told_until_when_nothing_is_replaced(crowned: Terminal, house: House) -> None:
    version = house.ledger.version("book", house.ledger.champion("book").version)
    lease = house.ledger.open_run(
        replace(house.ledger.run(1).request, key="later", as_of=date(2017, 3, 14)), house.holder
    )[1]
    house.ledger.add_version(lease, replace(version, version="b" * 64, run=lease.run))
    house.ledger.crown(
        "book", "b" * 64, expected_turn=1, reason=TurnReason.PROMOTED, by=f"run {lease.run}", why="better"
    )
    house.ledger.release(lease)
    told = words(crowned.shows("budget"))
    assert "nothing is replaced until 2017-06-12" in told
    assert "next look 2017-06-12" in told
    assert "next look due since 2017-06-12" in words(crowned.shows("budget", "--as-of", "2017-06-12"))


def test_looks_are_listed_newest_first_with_their_level_and_what_was_decided(crowned: Terminal, house: House) -> None:
    looked(house, "2017-03-14", VerdictReason.NOT_PROVEN_BETTER, alpha=0.01)
    looked(house, "2017-03-21", VerdictReason.AWAITING_SECOND_LOOK)
    looked(house, "2017-03-28", VerdictReason.NOT_CONFIRMED, confirms=2)
    told = words(crowned.shows("budget"))
    assert "The last 3 of 3 looks" in told
    third, second, first = (
        told.index("3 2017-03-28 0.0959 %, confirming look 2 4 REJECT, not confirmed"),
        told.index("2 2017-03-21 0.0959 % 3 HOLD, awaiting second look"),
        told.index("1 2017-03-14 1 % 2 REJECT, not proven better"),
    )
    assert third < second < first
    assert "1.1 % in 2 looks" in told
    assert all(len(line) <= 80 for line in crowned.shows("budget").splitlines())


def test_a_challenger_that_waits_is_told_with_its_day(crowned: Terminal, house: House) -> None:
    looked(house, "2017-03-14", VerdictReason.AWAITING_SECOND_LOOK, alpha=0.01)
    told = words(crowned.shows("budget"))
    assert "a look today may spend nothing: a challenger waits for its second look" in told
    assert "the second look at the challenger of run 2, at 1 % again, from 2017-03-21 on" in told
    assert crowned.document("budget")["waiting"]["due"] == "2017-03-21"


def test_a_reset_is_kept_with_who_and_why(crowned: Terminal, house: House) -> None:
    looked(house, "2017-03-14", VerdictReason.NOT_PROVEN_BETTER, alpha=0.01)
    told = words(crowned.shows("budget", "reset", "book", "--why", "another product"))
    assert "accrues anew from 2017-03-14" in told
    assert "the next is due on 2017-03-21" in told
    shown = words(crowned.shows("budget"))
    assert "Resets as of by why 2017-03-14 ada another product" in shown
    entry = crowned.document("audit", "list")[0]
    assert (entry["action"], entry["by"], entry["why"]) == ("budget reset", "ada", "another product")
    assert crowned.document("audit", "verify")["intact"] is True


def test_a_reset_answers_programs_with_its_record(crowned: Terminal) -> None:
    written = crowned.document("budget", "reset", "book", "--why", "another product")
    assert (written["pipeline"], written["as_of"], written["by"]) == ("book", BEFORE_THE_SHIFT, "ada")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (("reset", "book"), "--why"),
        (("reset", "book", "--why", "  "), "the reason is empty"),
        (("reset", "--why", "because"), "Missing argument 'pipeline'"),
        (("reset", "cards", "--why", "because"), "no pipeline 'cards' has run in this home"),
        (("cards",), "Known: book"),
        (("--as-of", "yesterday"), "'yesterday' is not a day"),
    ],
)
def test_what_is_not_said_well_changes_nothing(crowned: Terminal, said: tuple[str, ...], refusal: str) -> None:
    assert refusal in words(crowned.refuses("budget", *said))
    assert crowned.document("budget")["resets"] == []


def test_of_several_pipelines_one_must_be_named(crowned: Terminal, house: House) -> None:
    other = replace(house.ledger.run(1).request, pipeline="cards")
    house.ledger.release(house.ledger.open_run(other, house.holder)[1])
    assert "Say PIPELINE: book, cards." in crowned.refuses("budget")
    assert "Pipeline cards" in crowned.shows("budget", "cards")


def test_a_pipeline_that_promotes_by_another_rule_says_that_it_spends_nothing(crowned: Terminal, house: House) -> None:
    first = house.ledger.run(1).request
    text = first.declaration.replace("promote: proven", "promote: point")
    house.ledger.release(house.ledger.open_run(replace(first, key="by points", declaration=text), house.holder)[1])
    assert "only the rule `proven` spends an error budget" in words(crowned.shows("budget"))


def test_a_home_without_runs_has_no_budget(empty: Terminal) -> None:
    assert "no pipeline has run in this home yet" in empty.refuses("budget")


def test_the_help_names_what_can_be_done(crowned: Terminal) -> None:
    told = crowned.shows("budget", "--help")
    assert "reset" in told
    assert "--as-of" in crowned.shows("budget", "show", "--help")
