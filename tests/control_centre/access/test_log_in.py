"""People log in with a password, are locked out after too many wrong ones, and have sessions that end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from httpx2 import Response

from kingmaker.control.access.failures import Failures, TooManyTries
from kingmaker.control.access.logins import LoginRules
from kingmaker.control.access.passwords import PasswordCheck, hash_to_keep
from kingmaker.domain.access import Role

from .conftest import PASSWORD, Clock, Front

WRONG = {"name": "ann", "password": "not the password"}
RIGHT = {"name": "ann", "password": PASSWORD}


def test_somebody_who_logs_in_is_known_by_the_cookie(front: Front):
    front.person("ann", Role.VIEWER, pipelines=("loans",))
    caller = front.nobody()
    answer = caller.post("/login", json=RIGHT)
    assert answer.json()["name"] == "ann"
    assert caller.get("/me").json() == {"name": "ann", "roles": ["viewer"], "pipelines": ["loans"]}
    assert front.house.ledger.audit(limit=1)[0].action == "logged in"


def test_the_cookie_is_for_this_site_and_no_script(front: Front):
    front.person()
    plain = set_cookie(front.nobody().post("/login", json=RIGHT))
    assert plain.startswith("kingmaker=")
    assert "; HttpOnly" in plain
    assert "; SameSite=strict" in plain
    assert "; Path=/" in plain
    assert "Secure" not in plain
    over_tls = front.nobody()
    over_tls.base_url = "https://testserver/api/v1"
    secure = set_cookie(over_tls.post("/login", json=RIGHT))
    assert secure.startswith("__Host-kingmaker=")
    assert "; Secure" in secure
    assert "Domain" not in secure
    assert over_tls.get("/me").json()["name"] == "ann"


def test_a_session_begins_with_a_secret_of_its_own_whatever_the_browser_brought(front: Front):
    front.person()
    planted = front.nobody()
    planted.cookies.set("kingmaker", "chosen-by-the-attacker")
    answer = planted.post("/login", json=RIGHT)
    assert "chosen-by-the-attacker" not in set_cookie(answer)
    attacker = front.nobody()
    attacker.cookies.set("kingmaker", "chosen-by-the-attacker")
    assert attacker.get("/me").status_code == 401


def test_a_second_login_ends_the_first_session_of_that_browser(front: Front):
    front.person()
    caller = front.logged_in()
    before = caller.cookies["kingmaker"]
    caller.post("/login", json=RIGHT)
    assert caller.cookies["kingmaker"] != before
    old = front.nobody()
    old.cookies.set("kingmaker", before)
    assert old.get("/me").status_code == 401


def test_log_out_ends_the_session_at_once(front: Front):
    front.person()
    caller, other = front.logged_in(), front.logged_in()
    secret = caller.cookies["kingmaker"]
    assert caller.get("/me").is_success
    assert caller.post("/logout").status_code == 204
    caller.cookies.set("kingmaker", secret)
    assert caller.get("/me").status_code == 401
    assert other.get("/me").is_success
    assert front.nobody().post("/logout", headers={"X-Kingmaker": "1"}).status_code == 204


def test_a_session_ends_when_it_is_not_used_for_an_hour(front: Front):
    front.person()
    caller = front.logged_in()
    for _ in range(3):
        front.clock.advance(minutes=50)
        assert caller.get("/me").is_success
    front.clock.advance(minutes=61)
    assert caller.get("/me").status_code == 401


def test_a_session_ends_after_half_a_day_however_busy(front: Front):
    front.person()
    caller = front.logged_in()
    for _ in range(14):
        front.clock.advance(minutes=50)
        assert caller.get("/me").is_success
    front.clock.advance(minutes=21)
    assert caller.get("/me").status_code == 401


def test_another_password_and_disabling_end_every_session_within_five_seconds(front: Front):
    front.person()
    caller = front.logged_in()
    assert caller.get("/me").is_success
    front.person()
    front.clock.advance(seconds=5)
    assert caller.get("/me").status_code == 401
    caller = front.logged_in()
    assert caller.get("/me").is_success
    front.office().disable_person("ann", why="left")
    front.clock.advance(seconds=5)
    assert caller.get("/me").status_code == 401
    assert front.nobody().post("/login", json=RIGHT).status_code == 401


def test_a_changed_role_holds_within_five_seconds(front: Front):
    front.person("ann", Role.VIEWER)
    caller = front.logged_in()
    assert caller.get("/me").json()["roles"] == ["viewer"]
    front.office().put_person("ann", (Role.APPROVER,))
    front.clock.advance(seconds=5)
    assert caller.get("/me").json()["roles"] == ["approver"]


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(front: Front):
    front.person()
    caller = front.nobody()
    assert [caller.post("/login", json=WRONG).status_code for _ in range(6)] == [401] * 5 + [429]
    refused = caller.post("/login", json=RIGHT)
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (429, "too_many", "900")
    assert front.house.ledger.person("ann").locked_until == front.clock.advance(minutes=15)
    assert caller.post("/login", json=RIGHT).is_success


def test_a_lock_holds_in_every_process_and_tells_nobody_that_the_name_is_known(front: Front):
    front.person()
    front.house.ledger.login_failed("ann", tries=1, lock=LoginRules().lock)
    answers = [front.nobody().post("/login", json=told) for told in (RIGHT, RIGHT | {"name": "nobody"})]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content


def test_known_and_unknown_and_disabled_names_are_answered_in_the_same_words(front: Front):
    for name in ("ann", "bob", "cy"):
        front.person(name)
    front.office().disable_person("bob", why="left")
    front.house.ledger.put_person("keyless", roles=(), pipelines=None, password_hash=None, by="root")
    told = [
        [shape(front.nobody().post("/login", json=WRONG | {"name": name})) for _ in range(6)]
        for name in ("ann", "bob", "keyless", "nobody", "ann\0")
    ]
    assert all(each == told[0] for each in told)


def test_the_same_work_is_done_for_names_that_are_not_known():
    """One comparison of argon2id with the same parameters: counted, since a clock on a busy machine proves little."""
    compared: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002
            compared.append(hash)
            return super().verify(hash, password)

    check = PasswordCheck(Watched())
    kept = hash_to_keep(PASSWORD, of="ann")
    assert check.matches(kept, PASSWORD)
    assert not check.matches(kept, "not the password")
    assert not check.matches(None, "of nobody")
    assert len(compared) == 3
    assert all(extract_parameters(each) == extract_parameters(kept) for each in compared)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_log_in_that_fails_writes_to_the_ledger_for_known_and_unknown_names_alike(front: Front):
    front.person()
    begun = []
    sa.event.listen(front.house.ledger.engine, "begin", lambda _connection: begun.append(1))
    counts = []
    for name in ("ann", "nobody"):
        begun.clear()
        front.nobody().post("/login", json=WRONG | {"name": name})
        counts.append(len(begun))
    assert counts[0] == counts[1] > 0


def test_somebody_without_a_password_logs_in_with_none(front: Front):
    front.house.ledger.put_person("ann", roles=(Role.ADMIN,), pipelines=None, password_hash=None, by="root")
    for password in ("", "None", "of nobody"):
        assert front.nobody().post("/login", json={"name": "ann", "password": password}).status_code == 401


def test_many_at_once_try_no_more_passwords_than_one_after_the_other(clock: Clock):
    failures = Failures(5, LoginRules().lock)

    def tried(_: int) -> bool:
        try:
            failures.try_once("ann", clock())
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(tried, range(200))) == 5


def test_a_flood_of_names_fills_no_memory(clock: Clock):
    failures = Failures(1, LoginRules().lock, most_names=3)
    for name in "abcd":
        failures.try_once(name, clock())
    failures.try_once("a", clock())
    with pytest.raises(TooManyTries):
        failures.try_once("d", clock())


def test_a_right_password_forgets_the_wrong_ones(front: Front):
    front.person()
    caller = front.nobody()
    for _ in range(2):
        assert [caller.post("/login", json=WRONG).status_code for _ in range(4)] == [401] * 4
        assert caller.post("/login", json=RIGHT).is_success


@pytest.mark.parametrize(
    "body", [{}, {"name": "ann"}, {"name": ["ann"], "password": PASSWORD}, {"name": "ann", "password": "x" * 257}, []]
)
def test_what_is_no_log_in_is_refused_without_repeating_it(front: Front, body: object):
    answer = front.nobody().post("/login", json=body)
    assert answer.status_code == 422
    assert "xxx" not in answer.text
    assert PASSWORD not in answer.text


def set_cookie(answer: Response) -> str:
    assert answer.is_success
    return str(answer.headers["set-cookie"])


def shape(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)
