"""AccessVerbs over HTTP."""

from collections.abc import Sequence
from datetime import timedelta

from kingmaker.control.records import Me
from kingmaker.domain.access import MadeToken, Person, Role, Session, Token
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get, post, public_part, put


class AsyncAccess(AsyncSpeaking):
    """What `AccessVerbs` says of each."""

    async def me(self) -> Me:
        return await self.say(get(Me, "me"))

    async def sessions(self) -> list[Session]:
        return await self.say(get(list[Session], "me", "sessions"))

    async def end_sessions(self) -> int:
        return await self.say(post(int, "me", "sessions", "end"))

    async def change_password(self, old: str, new: str) -> Person:
        return await self.say(post(Person, "me", "password", old=old, new=new))

    async def tokens(self) -> list[Token]:
        return await self.say(get(list[Token], "tokens"))

    async def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken:
        said = {"name": name, "role": role, "pipelines": pipelines, "lifetime": lifetime}
        return await self.say(post(MadeToken, "tokens", **said))

    async def revoke_token(self, token: str, *, why: str) -> Token:
        return await self.say(post(Token, "tokens", public_part(token), "revoke", why=why))

    async def people(self) -> list[Person]:
        return await self.say(get(list[Person], "people"))

    async def put_person(
        self, name: str, roles: Sequence[Role], *, pipelines: Sequence[str] | None = None, password: str | None = None
    ) -> Person:
        said = {"roles": roles, "pipelines": pipelines, "password": password}
        return await self.say(put(Person, "people", name, **said))

    async def disable_person(self, name: str, *, why: str) -> Person:
        return await self.say(post(Person, "people", name, "disable", why=why))
