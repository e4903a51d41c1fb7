"""Our endpoint as an operator starts it: from a vault's folder, with schema checks, its log of answers, and metrics."""

import json
import shutil
from collections.abc import Sequence

from benchmarks.serving.contenders.contender import Contender, Place, compact
from benchmarks.serving.questions import Row
from benchmarks.serving.vault import PIPELINE, PUBLIC_KEY, VAULT

METRICS = "/metrics"


def _command(place: Place) -> list[str]:
    """From scratch: nothing in the cache, and what an earlier run logged and shipped is gone."""
    state = place.folder / "endpoint"
    for left in (state, place.folder / VAULT / "inbox"):
        shutil.rmtree(left, ignore_errors=True)
    return [
        *(str(place.programs / "kingmaker"), "endpoint", "--pipeline", PIPELINE, "--from", str(place.folder / VAULT)),
        *("--key", str(place.folder / PUBLIC_KEY), "--cache", str(state), "--port", str(place.port)),
    ]


def _body(rows: Sequence[Row]) -> bytes:
    return compact(rows[0] if len(rows) == 1 else list(rows))


def _pds(answer: bytes) -> list[float]:
    told = json.loads(answer)
    return [one["pd"] for one in (told if isinstance(told, list) else [told])]


def unlogged(metrics: str) -> int:
    """Rows that were answered and are neither in the log nor on their way there, as the endpoint's own metrics say.

    Raises ValueError when it does not log at all.
    """
    counts = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line and not line.startswith("#"))
    if float(counts.get("kingmaker_journal_on", 0)) != 1:
        raise ValueError("the endpoint logs nothing, so that it would be measured doing less than it says")
    dropped = [float(count) for name, count in counts.items() if name.startswith("kingmaker_journal_dropped_rows")]
    return round(sum(dropped))


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
    metrics=METRICS,
    unlogged=unlogged,
)
