"""What pipelines declared over HTTP may read from beside the data folder: references by name, URLs by their beginning."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

_STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\\?#;]")
"""What two programs may read differently (`urlsplit` skips tabs, some take `\\` for `/`), or what may redirect a request."""


def is_allowed(asked: str, allowed: Iterable[str]) -> bool:
    """Whether `asked` is one of `allowed`, or lies below one of its URLs: the same scheme and host, whole steps of its path.

    `s3://b/loans` allows `s3://b/loans/2026.parquet` and not `s3://b/loans-secret`; `https://a.cn` allows all of that host
    and port. A URL with `..`, a user, a query or anything that is read in two ways is never allowed by its beginning.
    """
    return any(asked == one or ("://" in one and _is_below(asked, one)) for one in allowed)


def _is_below(asked: str, allowed: str) -> bool:
    here, there = _split(asked), _split(allowed)
    if here is None or there is None or (here.scheme, here.netloc) != (there.scheme, there.netloc):
        return False
    beginning = _steps(there)
    return _steps(here)[: len(beginning)] == beginning


def _split(url: str) -> SplitResult | None:
    """None for a URL that is never allowed."""
    if _STRANGE.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    steps = unquote(parts.path).split("/")
    if not parts.scheme or not parts.netloc or "@" in parts.netloc or "%" in parts.netloc or {".", ".."} & set(steps):
        return None
    return None if "%" in unquote(parts.path) or re.search("%(2f|5c|00)", parts.path, re.IGNORECASE) else parts


def _steps(parts: SplitResult) -> list[str]:
    return parts.path.rstrip("/").split("/")[1:]
