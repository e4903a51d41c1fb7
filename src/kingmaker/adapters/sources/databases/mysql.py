"""What is peculiar to MySQL and MariaDB, spoken to through PyMySQL."""

from typing import Any, Final

import sqlalchemy as sa

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.adapters.sources.databases.columns import Kind
from kingmaker.adapters.sources.databases.faults import unread
from kingmaker.domain.errors import SourceError

BEGIN: Final = (
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET time_zone = '+00:00'",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
LOST: Final = frozenset({1053, 1079, 1927, 2006, 2013, 2014, 2055, 4031})
"""The server stops, or the connection was killed, is gone or broke."""
NOT_OF_DATA: Final = frozenset(
    {1044, 1045, 1046, 1049, 1052, 1054, 1055, 1064, 1109, 1142, 1143, 1146, 1227, 1305, 1317, 1370, 1792, 1969, 3024}
)
"""Errors of rights, names, syntax, interruptions and time limits: they quote no cell."""
_KINDS: Final = {
    **dict.fromkeys((1, 2, 3, 8, 9, 13, 16), Kind.WHOLE),
    **dict.fromkeys((0, 4, 5, 246), Kind.NUMBER),
    **dict.fromkeys((7, 12), Kind.MOMENT),
    **dict.fromkeys((10, 14), Kind.DAY),
    **dict.fromkeys((6, 15, 247, 248, 249, 250, 251, 252, 253, 254), Kind.TEXT),
}
"""Type codes of the protocol."""
_TOLD: Final = {11: "time", 245: "json"}
_MODES: Final[dict[str, dict[str, Any]]] = {
    "DISABLED": {"ssl_disabled": True},
    "REQUIRED": {"ssl": {"verify_mode": "none"}},
    "VERIFY_CA": {"ssl_verify_cert": True},
    "VERIFY_IDENTITY": {"ssl_verify_cert": True, "ssl_verify_identity": True},
}


def prepared(url: sa.URL) -> tuple[sa.URL, dict[str, Any]]:
    """The URL with PyMySQL as its driver, unless it names another, and what the driver is told beside it.

    Raises SourceError for an `ssl_mode` that there is not.
    """
    if "+" in url.drivername and url.get_driver_name() != "pymysql":
        return url, {}
    from pymysql.constants import FIELD_TYPE  # noqa: PLC0415
    from pymysql.converters import conversions  # noqa: PLC0415

    made = dict(conversions)
    for kind in (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME):
        made.pop(kind, None)  # Arrow reads a whole column of texts at once
    made |= {FIELD_TYPE.DECIMAL: float, FIELD_TYPE.NEWDECIMAL: float, FIELD_TYPE.BIT: _whole}
    mode = str(url.query.get("ssl_mode", "")).upper()
    if mode and mode not in _MODES:
        raise SourceError(f"`ssl_mode` is none of {', '.join(_MODES)}", remedy="Correct the URL.")
    secured = dict(_MODES.get(mode, {}))
    if "ssl_ca" in url.query and mode.startswith("VERIFY"):
        secured |= {"ssl_ca": url.query["ssl_ca"]}
        url = url.difference_update_query(["ssl_ca"])
    return url.set(drivername="mysql+pymysql").difference_update_query(["ssl_mode"]), {"conv": made, **secured}


def types_of(address: Address, cursor: Any) -> list[tuple[Kind, str]]:
    """Of each column how it is read, and the type of one that is made text. Raises SourceError for one that nobody reads."""
    return [_type_of(address, name, code) for name, code, *_ in cursor.description]


def code_of(error: BaseException) -> int:
    """The number of the server's error; 0 where there is none."""
    arguments = getattr(getattr(error, "orig", None), "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def abandon(connection: Any) -> None:
    """Hang up in the middle of a result."""
    result = connection._result  # noqa: SLF001 - PyMySQL has no public way
    if result is not None:
        result.unbuffered_active = False
    connection._force_close()  # noqa: SLF001


def _type_of(address: Address, name: str, code: int) -> tuple[Kind, str]:
    if code in _TOLD:
        return Kind.TEXT, _TOLD[code]
    if code not in _KINDS:
        raise unread(address, name, "geometry" if code == 255 else f"values of the protocol's type {code}")
    return _KINDS[code], ""


def _whole(bits: bytes) -> int:
    return int.from_bytes(bits, "big")
