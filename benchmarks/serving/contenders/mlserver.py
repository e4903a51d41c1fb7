"""MLServer with its own XGBoost runtime, in one process, spoken to in the Open Inference Protocol: one matrix, no names."""

import json
from collections.abc import Sequence

from benchmarks.serving.contenders.contender import PEERS, Contender, Place, compact
from benchmarks.serving.questions import Row

_MODEL = "benchmark"


def _prepare(place: Place) -> None:
    folder = place.folder / "mlserver"
    folder.mkdir(exist_ok=True)
    model = {
        "name": _MODEL,
        "implementation": "mlserver_xgboost.XGBoostModel",
        "parameters": {"uri": str(place.folder / "model.json")},
    }
    settings = {
        "host": "127.0.0.1",
        "http_port": place.port,
        "grpc_port": place.port + 1,
        "metrics_port": place.port + 2,
        "parallel_workers": 0,
        "debug": False,
    }
    (folder / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


def _command(place: Place) -> list[str]:
    _prepare(place)
    return [str(place.programs / "mlserver"), "start", str(place.folder / "mlserver")]


def _body(rows: Sequence[Row]) -> bytes:
    values = [value for row in rows for value in row.values()]
    return compact(
        {"inputs": [{"name": "predict", "shape": [len(rows), len(rows[0])], "datatype": "FP32", "data": values}]}
    )


def _pds(answer: bytes) -> list[float]:
    data: list[float] = json.loads(answer)["outputs"][0]["data"]
    return data


MLSERVER = Contender(
    name="mlserver",
    title="MLServer",
    requirements=PEERS / "mlserver.txt",
    command=_command,
    body=_body,
    pds=_pds,
    path=f"/v2/models/{_MODEL}/infer",
    path_of_many=f"/v2/models/{_MODEL}/infer",
)
