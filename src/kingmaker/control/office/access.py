"""AccessVerbs over this machine's house."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Final

from kingmaker.control.access.bearing import digest_of, id_in, new_token
from kingmaker.control.access.failures import TooManyTries
from kingmaker.control.access.giving import administers, may_give, proper_name
from kingmaker.control.access.logins import LoginRules
from kingmaker.control.access.passwords import PasswordCheck, hash_to_keep
from kingmaker.control.office.room import PIPELINE_NAME, Room
from kingmaker.control.records import Me
from kingmaker.domain.access import RIGHTS, MadeToken, Person, Right, Role, Session, Token
from kingmaker.domain.errors import Forbidden, KingmakerError, NotFound

LONGEST_LIFETIME: Final = timedelta(days=3660)
_RULES: Final = LoginRules()
_PASSWORDS: Final = PasswordCheck()


class AccessOffice(Room):
    """AccessVerbs, allowed or refused by who asks.

    An administrator of some pipelines sees and gives what is within them, and nothing else.
    """

    def me(self) -> Me:
        scope = self.who.pipelines
        pipelines = None if scope is None else tuple(sorted(scope))
        return Me(name=self.who.name, roles=tuple(sorted(self.who.roles)), pipelines=pipelines)

    def sessions(self) -> list[Session]:
        return self.house.ledger.sessions(self.who.name)

    def end_sessions(self) -> int:
        self._known_by_password_or_company()
        return self.house.ledger.end_sessions(self.who.name)

    def change_password(self, old: str, new: str) -> Person:
        """Wrong guesses count as at the log-in, and lock it. Raises Forbidden, TooManyTries and PasswordRefused."""
        name, ledger, now = self.who.name, self.house.ledger, self.house.clock()
        somebody, kept = self._known_by_password_or_company(), ledger.password_hash(self.who.name)
        if kept is None:
            raise NotFound(f"{name} logs in without a password here", remedy="The company's own log-in keeps it.")
        if somebody.locked_until is not None and somebody.locked_until > now:
            raise TooManyTries(ceil((somebody.locked_until - now).total_seconds()))
        if not _PASSWORDS.matches(kept, old):
            ledger.login_failed(name, tries=_RULES.tries, lock=_RULES.lock)
            raise Forbidden("the old password is wrong", remedy="Try again, or ask an administrator for another one.")
        return ledger.change_password(name, kept=kept, password_hash=hash_to_keep(new, of=name))

    def _known_by_password_or_company(self) -> Person:
        somebody = self.house.ledger.person(self.who.name)
        if somebody is None:
            raise NotFound(f"{self.who.name} is nobody who logs in", remedy="People log in; programs show a token.")
        return somebody

    def tokens(self) -> list[Token]:
        self._may_administer()
        return [token for token in self.house.ledger.tokens() if administers(self.who, token.pipelines)]

    def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken:
        may_give(self.who, (role,), pipelines)
        if lifetime is not None and not timedelta(0) < lifetime <= LONGEST_LIFETIME:
            raise KingmakerError(
                f"a token lives for up to {LONGEST_LIFETIME.days} days, or without end", remedy="Choose another time."
            )
        made = new_token(
            proper_name(name),
            role,
            pipelines=_scope(pipelines),
            lifetime=lifetime,
            made_by=self.who.name,
            now=self.house.clock(),
        )
        self.house.ledger.add_token(made.token, digest=digest_of(made.secret))
        return made

    def revoke_token(self, token: str, *, why: str) -> Token:
        beginning = id_in(token) or token.removeprefix("km_")
        found = [each.id for each in self.tokens() if beginning and each.id.startswith(beginning)]
        if len(found) != 1:
            several = "several tokens begin so" if found else "there is no such token"
            raise NotFound(several, remedy="The list of tokens shows their ids.")
        return self.house.ledger.revoke_token(found[0], by=self.who.name, why=self.reason(why))

    def people(self) -> list[Person]:
        self._may_administer()
        return [somebody for somebody in self.house.ledger.people() if administers(self.who, somebody.pipelines)]

    def put_person(
        self, name: str, roles: Sequence[Role], *, pipelines: Sequence[str] | None = None, password: str | None = None
    ) -> Person:
        may_give(self.who, roles, pipelines)
        known = self.house.ledger.person(proper_name(name))
        if known is not None and not administers(self.who, known.pipelines):
            raise Forbidden(f"{name} may more than {self.who.name} administers", remedy="Ask another administrator.")
        return self.house.ledger.put_person(
            name,
            roles=roles,
            pipelines=_scope(pipelines),
            password_hash=None if password is None else hash_to_keep(password, of=name),
            by=self.who.name,
        )

    def disable_person(self, name: str, *, why: str) -> Person:
        if name not in {somebody.name for somebody in self.people()}:
            raise NotFound(f"there is nobody named {name!r}", remedy="The list of people shows who is known.")
        return self.house.ledger.disable_person(name, by=self.who.name, why=self.reason(why))

    def _may_administer(self) -> None:
        if not any(Right.ADMINISTER in RIGHTS[role] for role in self.who.roles):
            raise self._forbidden(Right.ADMINISTER, "")


def _scope(pipelines: Sequence[str] | None) -> tuple[str, ...] | None:
    """Sorted, each once. Raises KingmakerError for what cannot be a pipeline's name; one may be declared later."""
    for pipeline in pipelines or ():
        if not PIPELINE_NAME.fullmatch(pipeline):
            raise KingmakerError(f"{pipeline!r} is no pipeline's name", remedy="Name the pipelines as their files do.")
    return None if pipelines is None else tuple(sorted(set(pipelines)))
