"""NoticeLedger over SQL."""

from datetime import datetime, timedelta

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.notice import Notice, NoticeKind


class SqlNotices(SqlState):
    """NoticeLedger over SQL."""

    def raise_notice(
        self, *, cause: str, kind: NoticeKind, pipeline: str, run: int | None, title: str, text: str, quiet: timedelta
    ) -> Notice | None:
        raise NotImplementedError

    def take_notices(self, holder: str, *, lease: timedelta, limit: int = 20) -> list[Notice]:
        raise NotImplementedError

    def notice_told(self, number: int, *, detail: str = "", retry_at: datetime | None = None) -> None:
        raise NotImplementedError

    def notices(self, *, pipeline: str | None = None, limit: int = 50) -> list[Notice]:
        raise NotImplementedError
