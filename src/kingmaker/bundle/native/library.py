"""The compiled library, if there is one: built with the package where a C compiler was at hand."""

import ctypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).with_name("trees.so")
_ARRAY, _NUMBER = ctypes.c_void_p, ctypes.c_int64
_ARGUMENTS = (
    *(_ARRAY, _NUMBER, _NUMBER),
    *(_ARRAY, _ARRAY, _NUMBER),
    *(_ARRAY, _ARRAY, _ARRAY, _ARRAY, _NUMBER, _NUMBER),
    *(_ARRAY, _ARRAY),
)
"""Bare addresses: numpy's checked pointers cost more than a small call itself, so the walker checks its arrays once."""

LAYOUT = 2
"""Which arrays this code packs; a library of another number is an old one, and is not used."""


PROGRAM_LAYOUT = 1
"""The same for the arrays of a program."""

ROWS_LAYOUT = 2
"""And for those of a reader of rows."""

LINES_LAYOUT = 1
"""And for those of a writer of lines."""

_PROGRAM_ARGUMENTS = (_ARRAY, _ARRAY, _NUMBER, _ARRAY)
_LINES_ARGUMENTS = (_ARRAY, _ARRAY, _ARRAY, _NUMBER)
_ROWS_ARGUMENTS = (_ARRAY, ctypes.c_char_p, _NUMBER, _NUMBER, _ARRAY, _ARRAY, _ARRAY)


@dataclass(frozen=True, slots=True)
class Library:
    """`sum` is the library's function, which lets other threads run; `block` is how many rows it lays out at once.

    `run` takes a program, and lets other threads run; `run_few` is the same function and does not: for a few rows the
    interpreter would be lost to another thread for longer than they take. `read` reads JSON rows, and holds on to it too;
    `write` writes lines, and lets go of it. None for what a library does not know.
    """

    sum: Any
    block: int
    run: Any = None
    run_few: Any = None
    read: Any = None
    write: Any = None


@cache
def library(path: Path = LIBRARY) -> Library | None:
    """None where there is no such file, or it was made for another machine or another release."""
    try:
        loaded = ctypes.CDLL(str(path))
        layout, block = loaded.kingmaker_trees_layout, loaded.kingmaker_trees_block
        total = loaded.kingmaker_trees_sum
    except (OSError, AttributeError):
        return None
    layout.restype = block.restype = ctypes.c_int64
    if layout() != LAYOUT:
        return None
    total.restype = None
    total.argtypes = _ARGUMENTS
    held = ctypes.PyDLL(str(path))
    programs = _known(loaded, "program", PROGRAM_LAYOUT)
    return Library(
        total,
        block(),
        run=_function(loaded, "kingmaker_program_run", _PROGRAM_ARGUMENTS) if programs else None,
        run_few=_function(held, "kingmaker_program_run", _PROGRAM_ARGUMENTS) if programs else None,
        read=_function(held, "kingmaker_rows_read", _ROWS_ARGUMENTS) if _known(loaded, "rows", ROWS_LAYOUT) else None,
        write=_function(loaded, "kingmaker_lines_write", _LINES_ARGUMENTS)
        if _known(loaded, "lines", LINES_LAYOUT)
        else None,
    )


def _known(loaded: ctypes.CDLL, what: str, layout: int) -> bool:
    """Whether the library takes these arrays as this code packs them."""
    try:
        told = loaded[f"kingmaker_{what}_layout"]
    except AttributeError:
        return False
    told.restype = ctypes.c_int64
    return bool(told() == layout)


def _function(loaded: ctypes.CDLL, name: str, arguments: tuple[Any, ...]) -> Any:
    function = loaded[name]
    function.restype, function.argtypes = ctypes.c_int64, arguments
    return function
