"""What a version tells of itself, and when it was in force."""

from pathlib import Path

import pytest
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.domain.errors import BundleRefused, NotFound
from kingmaker.loop.models.account import model_account
from kingmaker.loop.models.opened import opened_model
from kingmaker.loop.models.tested import model_tested


@pytest.fixture
def lender(tmp_path: Path):
    made = Lender.in_home(tmp_path / "home")
    yield made
    made.house.close()


def test_each_turn_of_a_version_lasts_until_the_next_of_anybody(lender: Lender) -> None:
    first, second, _ = lender.versions
    turns = [lender.crown(version) for version in (first, second, first)]
    told = model_account(lender.house, PIPELINE, first).in_force
    assert [(one.turn.turn, one.until) for one in told] == [(1, turns[1].since), (3, None)]
    assert model_account(lender.house, PIPELINE, lender.versions[2]).in_force == ()


def test_a_version_without_grounds_has_no_weights_and_says_why(lender: Lender) -> None:
    told = model_account(lender.house, PIPELINE, lender.versions[0][:8])
    assert told.version.version == lender.versions[0]
    assert told.weights == ()
    assert "reasons" in told.no_reasons
    assert len(told.golden) == 4


def test_a_version_is_opened_once_and_looked_at_in_the_vault_each_time(lender: Lender) -> None:
    version = lender.versions[0]
    assert opened_model(lender.house, PIPELINE, version) is opened_model(lender.house, PIPELINE, version[:9])
    archive = lender.archive(version)
    archive.chmod(0o600)
    archive.write_bytes(archive.read_bytes()[:-1] + b"?")
    with pytest.raises(BundleRefused, match="was changed in the vault"):
        opened_model(lender.house, PIPELINE, version)


def test_what_was_never_judged_has_no_test(lender: Lender) -> None:
    assert model_tested(lender.house, PIPELINE, lender.versions[0]) is None
    with pytest.raises(NotFound):
        model_tested(lender.house, PIPELINE, "abcdef")
