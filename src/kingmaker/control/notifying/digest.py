"""No storm: many notices are one message, and so are those that were raised while people slept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kingmaker.control.notifying.hours import QuietHours
from kingmaker.domain.notice import Notice, NoticeKind

MANY: Final = 5
"""More than so many at once become one message."""
LINES: Final = 30
_GRAVEST: Final = (NoticeKind.ALARM, NoticeKind.FAULT, NoticeKind.VERDICT)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told at once: one notice, or one that stands for several. `numbers` are those of the notices it tells."""

    notice: Notice
    numbers: tuple[int, ...]


def messages_of(notices: Sequence[Notice], quiet_hours: QuietHours | None) -> list[Message]:
    """Oldest first, those of the quiet hours before the others."""
    slept = [one for one in notices if quiet_hours is not None and quiet_hours.hold(one.raised_at)]
    awake = [one for one in notices if one not in slept]
    return [*_together(slept, " of the quiet hours", most=1), *_together(awake, "", most=MANY)]


def _together(notices: Sequence[Notice], when: str, *, most: int) -> list[Message]:
    if len(notices) <= most:
        return [Message(_counted(one), (one.number,)) for one in notices]
    first = notices[0]
    lines = [f"- {_counted(one).title}" for one in notices[:LINES]]
    more = [f"… and {len(notices) - LINES} more."] if len(notices) > LINES else []
    digest = replace(
        first,
        cause="digest",
        kind=next(kind for kind in _GRAVEST if any(one.kind is kind for one in notices)),
        pipeline="",
        run=None,
        title=f"{len(notices)} notices{when}",
        text="\n".join([*lines, *more]),
        count=len(notices),
    )
    return [Message(digest, tuple(one.number for one in notices))]


def _counted(notice: Notice) -> Notice:
    """With how often it happened, when that was more than once."""
    return replace(notice, title=f"{notice.title} ({notice.count} times)") if notice.count > 1 else notice
