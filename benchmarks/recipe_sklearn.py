"""Contender: the same cleaning with scikit-learn's ColumnTransformer on pandas. Arguments as for `recipe_ours`."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.recipe_columns import ONE_HOT, category_names, number_names, unseen_of
from benchmarks.stopwatch import Stopwatch
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

UNSEEN = 1000
"""OrdinalEncoder wants one number for the unseen of all columns; the recipe uses the number of levels."""


class Winsorise(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """scikit-learn has no such step: what a team writes for itself."""

    def fit(self, values: pd.DataFrame, _bad: Any = None) -> "Winsorise":
        bounds = values.quantile([0.001, 0.999], interpolation="nearest").to_numpy()
        self.low_, self.high_ = bounds
        self.n_features_in_, self.feature_names_in_ = values.shape[1], np.array(values.columns, dtype=object)
        return self

    def transform(self, values: pd.DataFrame) -> Any:
        return np.clip(values.to_numpy(), self.low_, self.high_)


def plain() -> ColumnTransformer:
    numbers = Pipeline(
        [
            ("winsorise", Winsorise()),
            ("standard", StandardScaler(copy=False)),
            ("median", SimpleImputer(strategy="median", copy=False)),
        ]
    )
    flags = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    places = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=UNSEEN, encoded_missing_value=-1)
    return ColumnTransformer(
        [
            ("numbers", numbers, number_names()),
            ("missing", MissingIndicator(features="missing-only"), number_names()),
            ("flags", flags, category_names()[:ONE_HOT]),
            ("places", places, category_names()[ONE_HOT:]),
        ]
    )


def woe() -> ColumnTransformer:
    """The nearest thing to a scorecard's cleaning: eight quantile bins, and the bad rate of each bin and level."""
    bins = KBinsDiscretizer(n_bins=8, encode="ordinal", strategy="quantile", subsample=None)
    numbers = Pipeline([("median", SimpleImputer(strategy="median")), ("bins", bins), ("rate", _rates())])
    return ColumnTransformer([("numbers", numbers, number_names()), ("categories", _rates(), category_names())])


def _rates() -> TargetEncoder:
    return TargetEncoder(target_type="binary", smooth=0.5)


def main(path: Path, variant: str, made: Path | None) -> None:
    watch = Stopwatch()
    train = pd.read_parquet(path)
    transformer = plain() if variant == "plain" else woe()
    with watch.part("fit"):
        transformer.fit(train, train["_label"])
    with watch.part("apply"):
        matrix = transformer.transform(train)
    watch.tell(shape=matrix.shape)
    if made is not None:
        fresh = transformer.transform(pd.read_parquet(unseen_of(path)))
        np.savez(made, names=transformer.get_feature_names_out().astype(str), seen=matrix, unseen=fresh)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
