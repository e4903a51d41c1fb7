"""BentoML: a service of one worker around the booster."""

import json
from collections.abc import Sequence

from benchmarks.serving.contenders.contender import PEERS, Contender, Place, compact
from benchmarks.serving.questions import Row


def _command(place: Place) -> list[str]:
    return [
        str(place.programs / "bentoml"),
        "serve",
        "benchmarks.serving.peers.bentoml_service:Applicants",
        *("--host", "127.0.0.1", "--port", str(place.port), "--api-workers", "1"),
    ]


def _environment(place: Place) -> dict[str, str]:
    return {
        "MODEL": str(place.folder / "model.ubj"),
        "BENTOML_HOME": str(place.folder / "bentoml"),
        "BENTOML_DO_NOT_TRACK": "true",
    }


def _body(rows: Sequence[Row]) -> bytes:
    return compact({"rows": list(rows)})


def _pds(answer: bytes) -> list[float]:
    pds: list[float] = json.loads(answer)
    return pds


BENTOML = Contender(
    name="bentoml",
    title="BentoML",
    requirements=PEERS / "bentoml.txt",
    command=_command,
    body=_body,
    pds=_pds,
    path="/score",
    path_of_many="/score",
    environment=_environment,
)
