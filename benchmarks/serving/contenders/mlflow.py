"""`mlflow models serve` of the booster saved in mlflow's own form, with its signature, in one worker."""

import json
import subprocess
from collections.abc import Sequence

from benchmarks.contest import ROOT
from benchmarks.serving.contenders.contender import PEERS, Contender, Place, compact
from benchmarks.serving.questions import Row


def _prepare(place: Place) -> None:
    if (place.folder / "mlflow" / "MLmodel").exists():
        return
    subprocess.run(
        [place.programs / "python", "-m", "benchmarks.serving.peers.mlflow_save", place.folder], cwd=ROOT, check=True
    )


def _command(place: Place) -> list[str]:
    return [
        *(str(place.programs / "mlflow"), "models", "serve", "--model-uri", str(place.folder / "mlflow")),
        *("--env-manager", "local", "--host", "127.0.0.1", "--port", str(place.port), "--workers", "1"),
    ]


def _environment(place: Place) -> dict[str, str]:
    return {
        "MLFLOW_TRACKING_URI": f"sqlite:///{place.folder / 'mlflow.db'}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "UVICORN_ACCESS_LOG": "false",
    }


def _body(rows: Sequence[Row]) -> bytes:
    return compact({"dataframe_records": list(rows)})


def _pds(answer: bytes) -> list[float]:
    pds: list[float] = json.loads(answer)["predictions"]
    return pds


MLFLOW = Contender(
    name="mlflow",
    title="mlflow models serve",
    requirements=PEERS / "mlflow.txt",
    command=_command,
    body=_body,
    pds=_pds,
    path="/invocations",
    path_of_many="/invocations",
    prepare=_prepare,
    environment=_environment,
)
