"""Rows of a matrix in a file: the chosen ones, however they lie."""

from pathlib import Path

import numpy as np
import pytest

from kingmaker.loop.training.matrix import chosen_rows


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_chosen_rows_are_those_of_the_whole_matrix(tmp_path: Path, share: float) -> None:
    chance = np.random.default_rng(1)
    matrix = np.where(chance.random((1_050, 7)) < 0.1, np.nan, chance.random((1_050, 7)))
    chosen = chance.random(1_050) < share
    np.save(tmp_path / "matrix.npy", matrix)
    found = chosen_rows(tmp_path / "matrix.npy", chosen, at_once=100)
    np.testing.assert_array_equal(found, matrix[chosen])
    assert found.flags.c_contiguous
