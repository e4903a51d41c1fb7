"""What the service said is wrong, as our own errors: its message and no address, and none of the values that are masked."""

import re
from typing import Final

from odps.errors import BaseODPSError, NoSuchObject
from odps.errors import Unauthorized as NotAuthorized

from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

LONGEST: Final = 600
_VALUES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|(?<!ODPS-)\b\d{5,}\b")
_CREDENTIALS: Final = frozenset(
    {"InvalidAccessKeyId", "SignatureNotMatch", "Unauthorized", "NoPermission", "AccessDenied"}
)


def message_of(error: Exception | str, mask: Mask, known: str = "") -> str:
    """One line. Where something is masked, quoted values and long numbers are left out but for those in `known`, the SQL."""
    text = str(error.args[0]) if isinstance(error, BaseODPSError) and error.args else str(error)
    code = getattr(error, "code", None)
    if code and str(code) not in text:
        text = f"{code}: {text}"
    text = " ".join(text.split())
    if not mask.is_empty:
        text = _VALUES.sub(lambda found: found[0] if found[0].strip("'\"") in known else "…", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def refused(error: Exception, mask: Mask, where: str) -> SourceError:
    """The service refused, or could not be reached for too long."""
    if isinstance(error, BaseODPSError):
        return SourceError(f"MaxCompute refused ({message_of(error, mask)})", where=where, remedy=_remedy(error))
    return SourceError(
        f"MaxCompute could not be reached ({type(error).__name__})",
        where=where,
        remedy="Check `endpoint`, `tunnel` and the network, then run again: what was read is kept while the run is under way.",
    )


def _remedy(error: BaseODPSError) -> str:
    if error.code in _CREDENTIALS or isinstance(error, NotAuthorized):
        return "Check what `access_id` and `access_key` name, and the rights of that account."
    if isinstance(error, NoSuchObject):
        return "Check `project`, `schema` and `table`."
    return "The message is the service's own."
