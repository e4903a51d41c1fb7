"""Files scored with the compiled walker of trees and without it."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kingmaker.bundle.native.library import library
from kingmaker.bundle.proof import prove, prove_for_files
from kingmaker.bundle.reading import Bundle
from kingmaker.loop.score import ScoreOptions, score_file

People = Callable[[int], pl.DataFrame]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_scored_file_is_the_same_bytes_with_and_without_the_library(
    trees: Bundle, people: People, tmp_path: Path, suffix: str
) -> None:
    people(3000).write_parquet(tmp_path / "rows.parquet")
    written = []
    for compiled in (True, False):
        answers = tmp_path / f"scores_{compiled}{suffix}"
        options = ScoreOptions(compiled=compiled, batch_rows=999)
        score_file(trees, tmp_path / "rows.parquet", answers, options=options)
        written.append(answers.read_bytes())
    assert written[0] == written[1]


@pytest.mark.skipif(library() is None, reason="the package was built without a C compiler")
def test_trees_are_walked_for_files_alone_and_other_models_never(trees: Bundle, scorecard: Bundle) -> None:
    assert prove_for_files(trees).is_walked
    assert not prove(trees).is_walked
    assert not prove_for_files(scorecard).is_walked
