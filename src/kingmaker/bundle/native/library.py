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

_PROGRAM_ARGUMENTS = (_ARRAY, _ARRAY, _NUMBER, _ARRAY)


@dataclass(frozen=True, slots=True)
class Library:
    """`sum` is the library's function, which lets other threads run; `block` is how many rows it lays out at once.

    `run` takes a program, and lets other threads run; `run_few` is the same function and does not: for a few rows the
    interpreter would be lost to another thread for longer than they take. Both None in a library that knows no programs.
    """

    sum: Any
    block: int
    run: Any = None
    run_few: Any = None


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
    return Library(total, block(), *_programs(path, loaded))


def _programs(path: Path, loaded: ctypes.CDLL) -> tuple[Any, Any]:
    """The function that runs a program, in both ways."""
    try:
        layout = loaded.kingmaker_program_layout
        functions = (loaded.kingmaker_program_run, ctypes.PyDLL(str(path)).kingmaker_program_run)
    except (OSError, AttributeError):
        return None, None
    layout.restype = ctypes.c_int64
    if layout() != PROGRAM_LAYOUT:
        return None, None
    for function in functions:
        function.restype, function.argtypes = ctypes.c_int64, _PROGRAM_ARGUMENTS
    return functions
