"""The verbs over this machine's house, for commands: a noun's office is loaded when one of its verbs is said.

Training and scoring libraries take a second to load, and reading who is champion needs none of them.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from kingmaker.control import verbs
from kingmaker.domain.access import Principal
from kingmaker.ports.house import House

_OFFICES: Final = (
    (verbs.RunVerbs, "runs", "RunsOffice"),
    (verbs.StudyVerbs, "studies", "StudiesOffice"),
    (verbs.ChampionVerbs, "champions", "ChampionsOffice"),
    (verbs.ModelVerbs, "models", "ModelsOffice"),
    (verbs.PipelineVerbs, "pipelines", "PipelinesOffice"),
    (verbs.ReplayVerbs, "replays", "ReplaysOffice"),
    (verbs.EndpointVerbs, "endpoints", "EndpointsOffice"),
    (verbs.MonitorVerbs, "monitoring", "MonitoringOffice"),
    (verbs.GlanceVerbs, "glance", "GlanceOffice"),
    (verbs.AccessVerbs, "access", "AccessOffice"),
    (verbs.HouseVerbs, "housekeeping", "HouseOffice"),
)


class OwnHouse:
    """Plays `Verbs` in the name of `who`."""

    def __init__(self, house: House, who: Principal) -> None:
        self._house = house
        self._who = who

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        for noun, module, name in _OFFICES:
            if verb in vars(noun):
                office = getattr(import_module(f"kingmaker.control.office.{module}"), name)(self._house, self._who)
                said: Callable[..., Any] = getattr(office, verb)
                return said
        raise AttributeError(verb)
