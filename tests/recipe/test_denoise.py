from datetime import date

import numpy as np
import polars as pl

from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.recipe.denoise import duplicate_rows, near_constant_columns
from kingmaker.recipe.label_noise import suspected_label_noise
from kingmaker.recipe.unstable import unstable_columns


def test_a_duplicate_repeats_the_columns_and_the_label_and_the_first_stays():
    frame = pl.DataFrame({"a": [1, 1, 1, None, None], "b": ["x", "x", "x", "y", "y"], "_label": [0, 0, 1, 0, 0]})
    assert duplicate_rows(frame, ["a", "b"]).tolist() == [False, True, False, False, True]


def test_near_constant_columns_are_named_with_their_share():
    frame = pl.DataFrame({"flag": [0] * 999 + [1], "void": [None] * 1000, "age": range(1000)})
    assert near_constant_columns(frame, ["flag", "void", "age"]) == [("flag", 0.999), ("void", 1.0)]


def test_flipped_labels_are_suspected_far_more_often_than_others():
    draw = np.random.default_rng(2)
    values = draw.normal(size=(4000, 3))
    truth = (values[:, 0] + 0.3 * draw.normal(size=4000) > 1).astype(float)
    flipped = draw.random(4000) < 0.02
    bad = np.where(flipped, 1 - truth, truth)
    values[draw.random(values.shape) < 0.05] = np.nan
    suspected = suspected_label_noise(values, bad, seed=1)
    assert suspected[flipped].mean() > 0.2
    assert suspected[~flipped].mean() < 0.02
    assert suspected.mean() <= 0.02
    np.testing.assert_array_equal(suspected, suspected_label_noise(values, bad, seed=1))


def test_a_category_whose_levels_come_and_go_is_unstable():
    rows = 4000
    month = np.arange(rows) % 4
    draw = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "code": np.where(month == 3, "new", draw.choice(["a", "b"], rows)),
            "home": draw.choice(["rent", "own", ""], rows),
            "_applied_at": np.array("2024-01-01", dtype="datetime64[D]") + 31 * month,
        }
    )
    features = [Feature(name=name, kind=ColumnKind.CATEGORY) for name in ("code", "home")]
    assert [name for name, _ in unstable_columns(frame, features=features, month="_applied_at")] == ["code"]


def test_without_application_dates_nothing_is_unstable():
    frame = pl.DataFrame({"x": range(2000), "_applied_at": pl.Series([None] * 2000, dtype=pl.Date)})
    features = [Feature(name="x", kind=ColumnKind.NUMBER)]
    assert unstable_columns(frame, features=features, month="_applied_at") == []


def test_a_single_month_says_nothing_about_stability():
    frame = pl.DataFrame({"x": range(2000), "_applied_at": [date(2024, 1, 1)] * 2000})
    features = [Feature(name="x", kind=ColumnKind.NUMBER)]
    assert unstable_columns(frame, features=features, month="_applied_at") == []
