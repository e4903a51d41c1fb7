"""What may be given on: nobody gives more than they have."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import is_normalized

from kingmaker.domain.access import RIGHTS, Principal, Right, Role
from kingmaker.domain.errors import Forbidden, KingmakerError

LONGEST_NAME: Final = 100
_NAME: Final = re.compile(r"[^\W_][\w .@+\-]*", re.UNICODE)


class NameRefused(KingmakerError):
    """A name that could be mistaken for another, or for something else than a name."""

    code = "name_refused"


def proper_name(name: str) -> str:
    """The name as it is kept. Raises NameRefused for one that is empty, long, or of other signs than a name has."""
    is_proper = _NAME.fullmatch(name) and name == name.strip() and is_normalized("NFKC", name)
    if len(name) > LONGEST_NAME or not is_proper:
        raise NameRefused(
            f"a name has 1 to {LONGEST_NAME} letters, digits and . @ + - _ or blanks, and begins with a letter or digit",
            remedy="Choose another name.",
        )
    return name


def administers(who: Principal, pipelines: Iterable[str] | None) -> bool:
    """Whether `who` is an administrator of all these pipelines; None: of the whole installation."""
    if not any(Right.ADMINISTER in RIGHTS[role] for role in who.roles):
        return False
    return who.pipelines is None or (pipelines is not None and who.pipelines.issuperset(pipelines))


def may_give(who: Principal, roles: Sequence[Role], pipelines: Iterable[str] | None) -> None:
    """Raises Forbidden where `who` is no administrator, or has less than these roles for these pipelines."""
    if not any(Right.ADMINISTER in RIGHTS[role] for role in who.roles):
        raise Forbidden(f"{who.name} may not administer", remedy="Ask an administrator.")
    have = frozenset[Right]().union(*(RIGHTS[role] for role in who.roles))
    wanted = frozenset[Right]().union(*(RIGHTS[role] for role in roles))
    if not wanted <= have:
        raise Forbidden(f"{who.name} may not give more than they may themselves", remedy="Give fewer roles.")
    if not administers(who, pipelines):
        theirs = ", ".join(sorted(who.pipelines or ())) or "none"
        raise Forbidden(
            f"{who.name} administers some pipelines only ({theirs})", remedy="Name these pipelines, or some of them."
        )
