"""The doctor examines a home for real, and says what ails it."""

from typing import Any

import pytest
from tests.journeys.console import Console


def _examined(console: Console) -> tuple[int, dict[str, Any]]:
    answer = console.says("doctor", "--json")
    return answer.code, {check["name"]: check for check in answer.document}


def test_a_fresh_home_is_healthy(console: Console) -> None:
    code, checks = _examined(console)
    assert code == 0
    assert list(checks) == [
        "packages",
        "home",
        "ledger",
        "vault",
        "sealing",
        "keys",
        "learners",
        "engine",
        "champions",
        "pointers",
        "trees",
    ]
    assert all(check["healthy"] for check in checks.values())
    assert (console.home / "keys" / "signing.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ill", ["vault", "keys", "ledger"])
def test_what_ails_a_home_is_named_and_the_rest_is_examined_all_the_same(crowned: Console, ill: str) -> None:
    match ill:
        case "vault":
            evidence = crowned.rows("SELECT evidence FROM verdict")[0][0]
            path = crowned.home / "vault" / evidence[:2] / evidence[2:]
            path.chmod(0o644)
            path.write_bytes(b"rubbish")
            named = str(path)
        case "keys":
            (crowned.home / "keys" / "signing.key").chmod(0o644)
            named = "chmod 600"
        case _:
            crowned.edit("UPDATE champion_turn SET why = 'because'")
            named = "champion_turn/book/1"
    code, checks = _examined(crowned)
    assert code == 1
    assert not checks[ill]["healthy"]
    assert named in checks[ill]["sentence"]
    for well in ("packages", "home", "learners", "engine"):
        assert checks[well]["healthy"]
    assert named in " ".join(crowned.says("doctor").out.split())
