"""Everything that can be said to Kingmaker, said once: the office says it over this machine's house, the client over HTTP.

Whoever may not do something is told so with Forbidden; a pipeline, run or version outside one's pipelines is NotFound, as if it
were not there. Every change needs a reason (`why`) and is in the audit log under the name of who asked.
"""

from typing import Protocol

from kingmaker.control.verbs.access import AccessVerbs
from kingmaker.control.verbs.champions import ChampionVerbs
from kingmaker.control.verbs.endpoints import EndpointVerbs
from kingmaker.control.verbs.glance import GlanceVerbs
from kingmaker.control.verbs.house import HouseVerbs
from kingmaker.control.verbs.models import ModelVerbs
from kingmaker.control.verbs.monitoring import MonitorVerbs
from kingmaker.control.verbs.pipelines import PipelineVerbs
from kingmaker.control.verbs.replays import ReplayVerbs
from kingmaker.control.verbs.runs import RunVerbs
from kingmaker.control.verbs.study import StudyVerbs

__all__ = [
    "AccessVerbs",
    "ChampionVerbs",
    "EndpointVerbs",
    "GlanceVerbs",
    "HouseVerbs",
    "ModelVerbs",
    "MonitorVerbs",
    "PipelineVerbs",
    "ReplayVerbs",
    "RunVerbs",
    "StudyVerbs",
    "Verbs",
]


class Verbs(
    RunVerbs,
    StudyVerbs,
    ChampionVerbs,
    ModelVerbs,
    PipelineVerbs,
    ReplayVerbs,
    EndpointVerbs,
    MonitorVerbs,
    GlanceVerbs,
    AccessVerbs,
    HouseVerbs,
    Protocol,
):
    """All of them. `close` gives back what was opened."""

    def close(self) -> None: ...
