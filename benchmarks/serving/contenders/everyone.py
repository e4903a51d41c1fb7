"""All contenders, ours first."""

from collections.abc import Sequence

from benchmarks.serving.contenders.bentoml import BENTOML
from benchmarks.serving.contenders.contender import Contender
from benchmarks.serving.contenders.fastapi import FASTAPI
from benchmarks.serving.contenders.mlflow import MLFLOW
from benchmarks.serving.contenders.mlserver import MLSERVER
from benchmarks.serving.contenders.ours import OURS

EVERYONE = (OURS, FASTAPI, MLSERVER, BENTOML, MLFLOW)


def named(names: Sequence[str]) -> list[Contender]:
    """The contenders of these names. Ends the program with a sentence for an unknown one."""
    known = {one.name: one for one in EVERYONE}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"There is no contender {', '.join(unknown)}; there are {', '.join(known)}.")
    return [known[name] for name in names]
