"""Who answers: the champion, or for a share of the applications, always the same ones, the canary."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.endpoint.hosting import deployed, standing_of
from tests.endpoint.platforms.models import contents_of

from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.pointer import Canary
from kingmaker.serving.fields import Accepting
from kingmaker.serving.lineup import Lineup, line_up
from kingmaker.serving.seat import Standing

APPLICATIONS = 20_000


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    folder: Path = tmp_path_factory.mktemp("bundles")
    key = SigningKey.create(folder / "signing.key")
    champion = deployed(contents_of(), key, folder)
    return standing_of(champion, deployed(contents_of(intercept=0.9), key, folder), share=0.1)


def line(standing: Standing, share: float = 0.1, **changes: object) -> Lineup:
    assert standing.pointer.canary is not None
    canary = Canary(placed=standing.pointer.canary.placed, share=share)
    return line_up(replace(standing, pointer=replace(standing.pointer, canary=canary, **changes)), Accepting())


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.99])
def test_the_canary_answers_for_its_share_of_the_applications(standing: Standing, share: float) -> None:
    lineup = line(standing, share)
    chosen = sum(lineup.is_canary(f"loan {number}") for number in range(APPLICATIONS))
    chance = (APPLICATIONS * share * (1 - share)) ** 0.5
    assert abs(chosen - APPLICATIONS * share) < 5 * chance


def test_an_application_stays_with_its_version_whatever_the_edition_and_the_turn(standing: Standing) -> None:
    one, other = line(standing), line(standing, edition=9, turn=4)
    assert [one.is_canary(number) for number in range(999)] == [other.is_canary(number) for number in range(999)]


def test_a_larger_share_keeps_the_applications_of_the_smaller_one(standing: Standing) -> None:
    small, large = line(standing, 0.1), line(standing, 0.3)
    assert all(large.is_canary(number) for number in range(2_000) if small.is_canary(number))


def test_another_pipeline_tries_other_applications(standing: Standing) -> None:
    one, other = line(standing, 0.5), line(standing, 0.5, pipeline="mortgage")
    assert [one.is_canary(number) for number in range(99)] != [other.is_canary(number) for number in range(99)]


def test_an_application_without_an_id_is_the_champion_s(standing: Standing) -> None:
    assert not line(standing, 0.999999).is_canary(None)


def test_a_number_and_its_text_are_one_application(standing: Standing) -> None:
    lineup = line(standing, 0.5)
    assert all(lineup.is_canary(number) == lineup.is_canary(str(number)) for number in range(99))


def test_models_that_read_rows_alike_share_their_fields_also_with_the_next_standing(standing: Standing) -> None:
    first = line(standing)
    assert first.canary is not None
    assert first.canary.fields is first.champion.fields
    assert line_up(standing, Accepting(), first).champion.fields is first.champion.fields
