"""A notice to tell."""

from dataclasses import replace
from datetime import UTC, datetime

from kingmaker.domain.notice import Notice, NoticeKind

NEWS = Notice(
    number=3,
    cause="verdict/loans/12",
    kind=NoticeKind.VERDICT,
    pipeline="loans",
    run=12,
    title="loans: run 12 has a new champion",
    text="The challenger is proven better: 误杀率 −1.2 points.",
    raised_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def news(**changed: object) -> Notice:
    return replace(NEWS, **changed)
