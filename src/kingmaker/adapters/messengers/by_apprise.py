"""Messages through apprise: DingTalk, WeCom, Slack, mail and a hundred others, by their URLs.

What apprise and its HTTP client write to logs holds tokens: they write to none, and of a failure only the status is told.
"""

import logging
import re
import warnings
from io import StringIO
from typing import Any, Final

import apprise

from kingmaker.adapters.messengers.naming import place_name
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.notice import Notice, NoticeKind

_TALKATIVE: Final = ("apprise", "urllib3", "requests")
_STATUS: Final = re.compile(r"\berror\s*=\s*(\d{3})\b")
_KINDS: Final = {NoticeKind.VERDICT: "info", NoticeKind.FAULT: "failure", NoticeKind.ALARM: "warning"}


class AppriseMessenger:
    """One of apprise's places. `number` tells which of the URLs it is to whoever set them up."""

    def __init__(self, url: str, number: int) -> None:
        _keep_out_of_logs()
        self._place = _of(url)
        if self._place is None:
            raise KingmakerError(
                f"apprise does not know what URL number {number} means",
                where="KINGMAKER_NOTIFY",
                remedy="Write it as in apprise's list of services: slack://…, dingtalk://…, mailtos://….",
            )
        self._name = place_name(str(self._place.service_name), url)

    @property
    def place(self) -> str:
        return self._name

    def tell(self, notice: Notice, *, link: str = "") -> None:
        body = f"{notice.text}\n\n{link}" if link else notice.text
        heard = StringIO()
        handler = logging.StreamHandler(heard)
        logger = logging.getLogger("apprise")
        logger.addHandler(handler)
        try:
            is_told = self._place.notify(title=notice.title, body=body, notify_type=_KINDS[notice.kind])
        except Exception as error:  # noqa: BLE001 - whatever a service's module raises; its text may hold the URL
            raise self._refusal(type(error).__name__) from None
        finally:
            logger.removeHandler(handler)
        if not is_told:
            status = _STATUS.search(heard.getvalue())
            raise self._refusal(f"it answered with {status[1]}" if status else "it could not be reached, or refused")

    def _refusal(self, why: str) -> KingmakerError:
        return KingmakerError(f"the message was not taken ({why})", where=self._name)


def _of(url: str) -> Any:
    """None for what means nothing. The first asking loads the modules of all services; one warns of its own imports."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return apprise.Apprise.instantiate(url)
    except Exception:  # noqa: BLE001 - a URL that breaks its service's own reading of it means nothing to it
        return None


def _keep_out_of_logs() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
