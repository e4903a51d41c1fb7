"""The compiled library, if there is one: built with the package where a C compiler was at hand."""

import ctypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

LIBRARY = Path(__file__).with_name("trees.so")
LAYOUT = 2
"""Which arrays this code packs; a library of another number is an old one, and is not used."""


@dataclass(frozen=True, slots=True)
class Library:
    """`sum` is the library's function, which lets other threads run; `block` is how many rows it lays out at once."""

    sum: Any
    block: int


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
    number = ctypes.c_int64
    total.restype = None
    total.argtypes = [
        *(_array(np.float64), number, number),
        *(_array(np.int32), _array(np.int32), number),
        *(_array(None), _array(np.float64), _array(np.int64), _array(np.int64), number, number),
        *(_array(np.float64), _array(np.float64)),
    ]
    return Library(total, block())


def _array(kind: Any) -> Any:
    return np.ctypeslib.ndpointer(dtype=kind, flags="C_CONTIGUOUS")
