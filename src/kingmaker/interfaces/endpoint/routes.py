"""The routes that score, in every contract that this endpoint speaks."""

from kingmaker.interfaces.endpoint.arrow.scoring import ArrowScoring
from kingmaker.interfaces.endpoint.health import Health
from kingmaker.interfaces.endpoint.inference_v2 import InferenceV2
from kingmaker.interfaces.endpoint.invocations import Invocations
from kingmaker.interfaces.endpoint.model_told import ModelTold
from kingmaker.interfaces.endpoint.openapi import OpenApi
from kingmaker.interfaces.endpoint.platform_paths import platform_paths
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.scoring import Scoring
from kingmaker.serving.desk import Desk


def add_scoring_routes(router: Router, desk: Desk, health: Health, *, tokens: bool = False) -> None:
    """Named features as JSON or Arrow, the Open Inference Protocol, and invocations; and what tells about them.

    With `tokens` callers must show one, which the description says.
    """
    Scoring(desk, arrow=ArrowScoring(desk).score).add_routes(router)
    for contract in (InferenceV2, Invocations):
        contract(desk, lambda: health.is_ready).add_routes(router)
    ModelTold(desk).add_routes(router)
    OpenApi(desk, (platform_paths,), tokens=tokens).add_routes(router)
