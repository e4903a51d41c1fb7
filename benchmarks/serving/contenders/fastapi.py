"""What most teams write: FastAPI, a pydantic model of the features, a DMatrix, and `predict`."""

import json
from collections.abc import Sequence

from benchmarks.serving.contenders.contender import PEERS, Contender, Place, compact
from benchmarks.serving.questions import Row


def _command(place: Place) -> list[str]:
    return [
        str(place.programs / "uvicorn"),
        "benchmarks.serving.peers.fastapi_app:app",
        *("--host", "127.0.0.1", "--port", str(place.port), "--workers", "1", "--no-access-log"),
    ]


def _body(rows: Sequence[Row]) -> bytes:
    return compact(rows[0] if len(rows) == 1 else list(rows))


def _pds(answer: bytes) -> list[float]:
    told = json.loads(answer)
    return [one["pd"] for one in (told if isinstance(told, list) else [told])]


FASTAPI = Contender(
    name="fastapi",
    title="FastAPI + xgboost",
    requirements=PEERS / "fastapi.txt",
    command=_command,
    body=_body,
    pds=_pds,
    path="/score",
    path_of_many="/scores",
    environment=lambda place: {"MODEL": str(place.folder / "model.ubj")},
)
