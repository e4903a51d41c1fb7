"""Rows out of a matrix that lies in a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 65_536


def chosen_rows(matrix: Path, chosen: NDArray[np.bool_], *, at_once: int = ROWS_AT_ONCE) -> NDArray[np.float64]:
    """The chosen rows [rows] of a .npy matrix of doubles, C-ordered.

    The file is mapped a block at a time and let go of again: what was read of it would else count as memory of every process
    that fits, as long as it fits.
    """
    width = np.load(matrix, mmap_mode="r", allow_pickle=False).shape[1]
    values = np.empty((int(chosen.sum()), width))
    filled = 0
    for first in range(0, len(chosen), at_once):
        mine = chosen[first : first + at_once]
        block = np.load(matrix, mmap_mode="r", allow_pickle=False)[first : first + at_once]
        count = int(mine.sum())
        values[filled : filled + count] = block[mine]
        filled += count
        del block
    return values
