"""Our endpoint as an operator starts it: from a vault's folder, with schema checks, its log of answers, and metrics."""

import json
import shutil
from collections.abc import Sequence

from benchmarks.serving.contenders.contender import Contender, Place, compact
from benchmarks.serving.questions import Row
from benchmarks.serving.vault import PIPELINE, PUBLIC_KEY, VAULT


def _command(place: Place) -> list[str]:
    state = place.folder / "endpoint"
    shutil.rmtree(state, ignore_errors=True)
    return [
        *(str(place.programs / "kingmaker"), "endpoint", "--pipeline", PIPELINE, "--from", str(place.folder / VAULT)),
        *("--key", str(place.folder / PUBLIC_KEY), "--cache", str(state), "--port", str(place.port)),
    ]


def _body(rows: Sequence[Row]) -> bytes:
    return compact(rows[0] if len(rows) == 1 else list(rows))


def _pds(answer: bytes) -> list[float]:
    told = json.loads(answer)
    return [one["pd"] for one in (told if isinstance(told, list) else [told])]


OURS = Contender(
    name="kingmaker",
    title="Kingmaker",
    requirements=None,
    command=_command,
    body=_body,
    pds=_pds,
    path="/score",
    path_of_many="/score",
    hello="/health/live",
)
