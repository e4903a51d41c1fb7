"""AccessVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/access.py: change that file, and run it.

from collections.abc import Sequence
from datetime import timedelta

from kingmaker.control.records import Me
from kingmaker.domain.access import MadeToken, Person, Role, Session, Token
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import get, post, public_part, put


class Access(Speaking):
    """What `AccessVerbs` says of each."""

    def me(self) -> Me:
        return self.say(get(Me, "me"))

    def sessions(self) -> list[Session]:
        return self.say(get(list[Session], "me", "sessions"))

    def end_sessions(self) -> int:
        return self.say(post(int, "me", "sessions", "end"))

    def change_password(self, old: str, new: str) -> Person:
        return self.say(post(Person, "me", "password", old=old, new=new))

    def tokens(self) -> list[Token]:
        return self.say(get(list[Token], "tokens"))

    def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken:
        said = {"name": name, "role": role, "pipelines": pipelines, "lifetime": lifetime}
        return self.say(post(MadeToken, "tokens", **said))

    def revoke_token(self, token: str, *, why: str) -> Token:
        return self.say(post(Token, "tokens", public_part(token), "revoke", why=why))

    def people(self) -> list[Person]:
        return self.say(get(list[Person], "people"))

    def put_person(
        self, name: str, roles: Sequence[Role], *, pipelines: Sequence[str] | None = None, password: str | None = None
    ) -> Person:
        said = {"roles": roles, "pipelines": pipelines, "password": password}
        return self.say(put(Person, "people", name, **said))

    def disable_person(self, name: str, *, why: str) -> Person:
        return self.say(post(Person, "people", name, "disable", why=why))
