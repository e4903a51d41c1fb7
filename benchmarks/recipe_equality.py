"""How far the two contenders' matrices are apart, column by column under one name. Arguments: ours, scikit-learn's."""

import sys

import numpy as np
from benchmarks.recipe_columns import LEVELS
from benchmarks.stopwatch import Stopwatch

UNSEEN = 1000
"""What scikit-learn's side writes for an unseen level; the recipe writes the number of levels."""


def ours_name(peer: str) -> str:
    """Our name of scikit-learn's output column."""
    step, name = peer.split("__", 1)
    if step == "missing":
        return f"{name.removeprefix('missingindicator_')}__missing"
    if step == "flags":
        column, level = name.rsplit("_", 1)
        return f"{column}=__missing__" if level == "nan" else f"{column}={level}"
    return name


def main(ours_path: str, peer_path: str) -> None:
    ours, peer = np.load(ours_path), np.load(peer_path)
    places = {name: place for place, name in enumerate(ours["names"].tolist())}
    names = [ours_name(name) for name in peer["names"].tolist()]
    if sorted(names) != sorted(places):
        raise ValueError(f"the columns differ: {sorted(set(names) ^ set(places))}")
    order = [places[name] for name in names]
    largest = 0.0
    for rows in ("seen", "unseen"):
        theirs = peer[rows].copy()
        for place, name in enumerate(names):
            if name.startswith("category_") and "=" not in name:
                theirs[theirs[:, place] == UNSEEN, place] = LEVELS[int(name.removeprefix("category_"))]
        largest = max(largest, float(np.abs(ours[rows][:, order] - theirs).max()))
    Stopwatch().tell(largest=largest)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
