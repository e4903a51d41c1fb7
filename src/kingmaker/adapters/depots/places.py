"""Where things lie in a vault as endpoints see it: in a folder, under a URL and on object storage alike."""

import re

from kingmaker.adapters.vaults.digests import is_digest
from kingmaker.bundle.pointers import pointer_name, report_name
from kingmaker.domain.errors import NotFound

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def place_of_bundle(archive: str) -> str:
    """Raises NotFound for what is not a digest: no path is ever built from it."""
    if not is_digest(archive):
        raise NotFound("nothing is stored under a name that is not a digest", where=archive[:80])
    return f"{archive[:2]}/{archive[2:]}"


def place_of_pointer(pipeline: str) -> str:
    return pointer_name(_plain(pipeline))


def place_of_report(pipeline: str, endpoint: str) -> str:
    return report_name(_plain(pipeline), _plain(endpoint))


def place_in_inbox(name: str) -> str:
    """`name` is `pipeline/endpoint/segment`."""
    return "/".join(("inbox", *map(_plain, name.split("/"))))


def _plain(name: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise NotFound(
            "a name in a depot is up to 200 letters, digits, `.`, `_` and `-`, a letter or digit first",
            where=repr(name[:80]),
            remedy="Name the pipeline or the endpoint so.",
        )
    return name
