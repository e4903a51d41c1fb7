"""What every ledger owes tokens, people and their sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.access import Role, Token
from kingmaker.domain.errors import NotFound, NotLoggedIn

from .ledger_examples import NOON, Clock, LedgerContract

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHTLY = Token(
    id="aa11",
    name="nightly",
    role=Role.OPERATOR,
    pipelines=("cards", "loans"),
    made_by="ann",
    made_at=NOON,
    expires_at=NOON + DAY,
)


class TokensContract(LedgerContract):
    def test_a_token_is_found_by_its_digest_alone(self, ledger: SqlLedger):
        ledger.add_token(NIGHTLY, digest="d1")
        everywhere = replace(NIGHTLY, id="bb22", pipelines=None, expires_at=None, made_at=NOON + HOUR)
        ledger.add_token(everywhere, digest="d2")
        assert ledger.token_of("d1") == NIGHTLY
        assert ledger.token_of("d2") == everywhere
        assert ledger.token_of("d3") is None
        assert ledger.tokens() == [everywhere, NIGHTLY]

    def test_making_a_token_is_written_down_without_its_digest(self, ledger: SqlLedger):
        ledger.add_token(NIGHTLY, digest="secret-digest")
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.subject, entry.by, entry.at) == ("token made", "access_token/aa11", "ann", NOON)
        assert entry.after == "nightly: operator of cards, loans until 2026-03-02 12:00 UTC"
        assert "secret-digest" not in repr(ledger.audit())

    def test_a_token_that_cannot_be_kept_leaves_no_entry(self, ledger: SqlLedger):
        ledger.add_token(NIGHTLY, digest="d1")
        with pytest.raises(Exception, match=r"(?i)unique"):
            ledger.add_token(replace(NIGHTLY, id="bb22"), digest="d1")
        assert len(ledger.audit()) == 1

    def test_a_token_is_revoked_once_by_a_beginning_of_its_id(self, ledger: SqlLedger, clock: Clock):
        ledger.add_token(NIGHTLY, digest="d1")
        clock.advance(hours=1)
        revoked = ledger.revoke_token("aa", by="bob", why="it leaked")
        assert revoked == replace(NIGHTLY, revoked_at=NOON + HOUR)
        assert not revoked.is_valid(clock())
        clock.advance(hours=1)
        assert ledger.revoke_token("aa11", by="cy", why="again") == revoked
        assert ledger.token_of("d1") == revoked
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.by, entry.why) == ("token revoked", "bob", "it leaked")
        assert ledger.verify_audit() == 2

    @pytest.mark.parametrize(
        ("beginning", "told"), [("a", "several"), ("cc", "no token's"), ("", "no token's"), ("%", "no"), ("aa\0", "no")]
    )
    def test_only_a_unique_beginning_names_a_token(self, ledger: SqlLedger, beginning: str, told: str):
        ledger.add_token(NIGHTLY, digest="d1")
        ledger.add_token(replace(NIGHTLY, id="ab22"), digest="d2")
        with pytest.raises(NotFound, match=told):
            ledger.revoke_token(beginning, by="bob", why="it leaked")

    def test_the_last_use_goes_forward_only(self, ledger: SqlLedger):
        ledger.add_token(NIGHTLY, digest="d1")
        for hours in (2, 1):
            ledger.token_used("aa11", NOON + timedelta(hours=hours))
        assert ledger.token_of("d1") == replace(NIGHTLY, last_used_at=NOON + 2 * HOUR)
        assert len(ledger.audit()) == 1


class PeopleContract(LedgerContract):
    def test_somebody_is_added_and_changed_with_an_entry_each(self, ledger: SqlLedger):
        added = put(ledger, roles=(Role.VIEWER, Role.OPERATOR), pipelines=("loans",), password_hash="$argon2id$1")
        assert (added.roles, added.pipelines, added.made_by) == ((Role.OPERATOR, Role.VIEWER), ("loans",), "root")
        changed = put(ledger, roles=(Role.APPROVER,), pipelines=None, password_hash=None)
        assert ledger.person("ann") == changed
        assert ledger.password_hash("ann") == "$argon2id$1"
        newer, older = ledger.audit()
        assert (older.action, older.subject, older.before) == ("person added", "person/ann", "")
        assert older.after == "operator, viewer of loans, with a new password"
        assert (newer.action, newer.by, newer.after) == ("person changed", "root", "approver of every pipeline")
        assert newer.before == "operator, viewer of loans"
        assert "argon2id" not in repr(ledger.audit())

    def test_people_are_listed_by_name(self, ledger: SqlLedger):
        for name in ("bob", "Zoe", "ann"):
            put(ledger, name)
        assert [somebody.name for somebody in ledger.people()] == ["Zoe", "ann", "bob"]

    def test_nobody_is_known_who_was_not_added(self, ledger: SqlLedger):
        assert ledger.person("ann") is None
        assert ledger.password_hash("ann") is None
        assert ledger.login_failed("ann", tries=1, lock=HOUR) is None
        assert ledger.person("a\0nn\ud800") is None
        for act in (disable, begin):
            with pytest.raises(NotFound, match="nobody named 'ann'"):
                act(ledger)
        assert ledger.audit() == []

    def test_wrong_passwords_in_a_row_lock_for_a_time(self, ledger: SqlLedger, clock: Clock):
        put(ledger)
        for _ in range(2):
            assert ledger.login_failed("ann", tries=3, lock=HOUR).locked_until is None
        assert ledger.login_failed("ann", tries=3, lock=HOUR).locked_until == NOON + HOUR
        assert ledger.login_failed("ann", tries=3, lock=DAY).locked_until == NOON + HOUR
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.why) == ("person locked", "3 wrong passwords in a row")
        clock.advance(hours=2)
        for _ in range(2):
            assert ledger.login_failed("ann", tries=3, lock=HOUR).locked_until == NOON + HOUR
        assert ledger.login_failed("ann", tries=3, lock=HOUR).locked_until == NOON + 3 * HOUR

    def test_a_login_forgets_the_wrong_passwords_before_it(self, ledger: SqlLedger):
        put(ledger)
        ledger.login_failed("ann", tries=2, lock=HOUR)
        begin(ledger)
        assert ledger.login_failed("ann", tries=2, lock=HOUR).locked_until is None
        assert ledger.person("ann").last_login_at == NOON
        assert [entry.action for entry in ledger.audit()] == ["logged in", "person added"]

    def test_another_password_ends_the_lock_and_every_session(self, ledger: SqlLedger):
        put(ledger)
        begin(ledger)
        ledger.login_failed("ann", tries=1, lock=HOUR)
        put(ledger, roles=(Role.VIEWER,))
        assert ledger.session_of("s1") is not None
        assert ledger.person("ann").locked_until is not None
        put(ledger, password_hash="$argon2id$2")
        assert ledger.session_of("s1") is None
        assert ledger.person("ann").locked_until is None

    def test_a_session_tells_who_it_is_until_it_expires(self, ledger: SqlLedger, clock: Clock):
        put(ledger)
        begin(ledger)
        changed = put(ledger, roles=(Role.ADMIN,))
        assert ledger.session_of("s1") == (changed, NOON + HOUR)
        assert ledger.session_of("s2") is None
        clock.advance(hours=1)
        assert ledger.session_of("s1") is None
        assert ledger.prolong_session("s1", idle=HOUR, whole=DAY) is None

    def test_a_session_in_use_lives_on_but_not_for_ever(self, ledger: SqlLedger, clock: Clock):
        put(ledger)
        begin(ledger)
        clock.advance(minutes=30)
        assert ledger.prolong_session("s1", idle=HOUR, whole=2 * HOUR) == NOON + timedelta(minutes=90)
        clock.advance(minutes=50)
        assert ledger.prolong_session("s1", idle=HOUR, whole=2 * HOUR) == NOON + 2 * HOUR
        clock.advance(minutes=40)
        assert ledger.session_of("s1") is None

    def test_a_session_that_was_ended_is_over(self, ledger: SqlLedger):
        put(ledger)
        begin(ledger)
        begin(ledger, "s2")
        ledger.end_session("s1")
        ledger.end_session("s1")
        assert ledger.session_of("s1") is None
        assert ledger.session_of("s2") is not None

    def test_whoever_is_disabled_is_out_at_once_and_does_not_come_in(self, ledger: SqlLedger):
        put(ledger)
        begin(ledger)
        disabled = disable(ledger)
        assert disabled.disabled_at == NOON
        assert disable(ledger) == disabled
        assert ledger.session_of("s1") is None
        with pytest.raises(NotLoggedIn, match="disabled"):
            begin(ledger, "s2")
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.why, entry.after) == (
            "person disabled",
            "left",
            "viewer of every pipeline, disabled",
        )

    def test_whoever_was_disabled_comes_back_only_where_that_is_meant(self, ledger: SqlLedger):
        put(ledger)
        disable(ledger)
        kept = ledger.put_person("ann", roles=(), pipelines=(), password_hash=None, by="root", revive=False)
        assert kept.disabled_at == NOON
        assert put(ledger).disabled_at is None
        assert ledger.verify_audit() == 4


def put(ledger: SqlLedger, name: str = "ann", **changes: object):
    told = {"roles": (Role.VIEWER,), "pipelines": None, "password_hash": None, "by": "root"} | changes
    return ledger.put_person(name, **told)


def disable(ledger: SqlLedger):
    return ledger.disable_person("ann", by="root", why="left")


def begin(ledger: SqlLedger, digest: str = "s1") -> None:
    ledger.begin_session("ann", digest=digest, expires_at=ledger.now() + HOUR)
