"""News for whoever runs an endpoint: another version answers, or none does, or the newest does not, and why."""

import asyncio
from collections.abc import Callable

from kingmaker.serving.following import Condition, Following

LOOK_SECONDS = 0.2

Tell = Callable[[Following], None]


async def tell_news(following: Callable[[], Following], tell: Tell) -> None:
    """Tell what is served now, and every change of it, until cancelled. The moment before the first word is no news."""
    last = ("", 0, Condition.WAITING, "")
    while True:
        now = following()
        said = (now.version, now.edition, now.condition, now.why)
        if said != last:
            tell(now)
            last = said
        await asyncio.sleep(LOOK_SECONDS)


def sentence_of(now: Following) -> str:
    """One line about one moment."""
    version = f"Version {now.version[:12]}"
    match now.condition:
        case Condition.WAITING:
            return f"No version answers yet. {now.why}"
        case Condition.SERVING:
            return f"{version} answers (edition {now.edition}). {now.why}".strip()
        case _:
            return f"{version} goes on answering (edition {now.edition}). {now.why}"
