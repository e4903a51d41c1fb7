"""The doorkeeper of a control centre in service: a token first, then a session, then nobody."""

from collections.abc import Callable
from typing import Final

from fastapi import Request

from kingmaker.control.access.logins import Begun, LoginRules, Logins
from kingmaker.control.access.passwords import PasswordCheck
from kingmaker.control.access.recognition import Recognition
from kingmaker.domain.access import Principal
from kingmaker.domain.errors import NotLoggedIn
from kingmaker.interfaces.control_centre.csrf import refuse_other_sites
from kingmaker.interfaces.control_centre.rates import Limits, Rates, address_of
from kingmaker.interfaces.control_centre.sessions import session_in
from kingmaker.ports.house import House

_BEARER: Final = "bearer"


class FrontDoor:
    """Plays `asking.Doorkeeper`, and lets people in and out. One for the life of the process; safe for several threads."""

    def __init__(
        self,
        house: House,
        *,
        rules: LoginRules | None = None,
        limits: Limits | None = None,
        passwords: PasswordCheck | None = None,
    ) -> None:
        rules, limits = rules or LoginRules(), limits or Limits()
        self._recognition = Recognition(house.ledger, house.clock, rules)
        self._logins = Logins(house.ledger, house.clock, rules, passwords or PasswordCheck())
        self._principals = Rates(limits.principal)
        self._guesses = Rates(limits.failures)
        self._tries = Rates(limits.failures)

    def principal(self, request: Request) -> Principal:
        """Who asks. Raises NotLoggedIn, TooMany, and Forbidden for a session's change from another site."""
        shown = request.headers.get("Authorization")
        session = session_in(request)
        if shown is not None:
            who = self._bearer(shown, request)
        elif session is not None:
            who = self._recognised(self._recognition.of_session, session, request)
            refuse_other_sites(request)
        else:
            raise NotLoggedIn("nobody is logged in", remedy="Send the header Authorization: Bearer TOKEN, or log in.")
        self._principals.take(who.name)
        return who

    def log_in(self, request: Request, name: str, password: str) -> Begun:
        """A new session; the one that was there is over. Raises NotLoggedIn, TooMany, Forbidden."""
        refuse_other_sites(request, meant=False)
        self._tries.take(address_of(request.scope))
        begun = self._logins.log_in(name, password)
        self._end(request)
        return begun

    def welcome(self, request: Request, name: str) -> Begun:
        """A session for somebody whose identity the company's own log-in has proven. Raises NotLoggedIn."""
        begun = self._logins.begin(name)
        self._end(request)
        return begun

    def log_out(self, request: Request) -> None:
        """Harmless for nobody. Raises Forbidden when another site asks for it."""
        refuse_other_sites(request)
        self._end(request)

    def is_over(self, request: Request) -> bool:
        """Whether the session that the request came with has ended. To ask makes it last no longer."""
        session = session_in(request)
        return session is not None and self._recognition.is_over(session)

    def _end(self, request: Request) -> None:
        session = session_in(request)
        if session is not None:
            self._logins.end(session)
            self._recognition.forget(session)

    def _bearer(self, shown: str, request: Request) -> Principal:
        scheme, _, text = shown.partition(" ")
        if scheme.casefold() != _BEARER:
            raise NotLoggedIn(
                "the header is not of a kind that is known here", remedy="Send Authorization: Bearer TOKEN."
            )
        return self._recognised(self._recognition.of_token, text.strip(), request)

    def _recognised(self, recognise: Callable[[str], Principal], secret: str, request: Request) -> Principal:
        """Whoever guesses is slowed down, and nobody else at the same address is."""
        try:
            return recognise(secret)
        except NotLoggedIn:
            self._guesses.take(address_of(request.scope))
            raise
