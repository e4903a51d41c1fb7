"""What a run tells while it works, as it comes over the wire, and as Progress is told of it."""

import msgspec

from kingmaker.domain.errors import ServerUnreachable
from kingmaker.domain.queue import RunEvent
from kingmaker.ports.progress import Progress

ENDED = "ended"
STREAM = "text/event-stream"


def event_in(data: str, where: str) -> RunEvent:
    """Raises ServerUnreachable for what is no event of a run."""
    try:
        return msgspec.json.decode(data, type=RunEvent)
    except msgspec.MsgspecError as error:
        raise ServerUnreachable(f"an event of the run cannot be read ({error})", where=where) from None


def tell(progress: Progress, event: RunEvent) -> None:
    """Hand the event on. How a run ended is for its verdict to say."""
    match event.kind:
        case "stage":
            progress.stage(event.stage, event.text)
        case "advance":
            progress.advance(event.done, event.total, event.text)
        case "said":
            progress.say(event.text)
        case _:
            pass
