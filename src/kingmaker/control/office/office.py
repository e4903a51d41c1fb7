"""The office: every verb over this machine's house."""

from kingmaker.control.office.access import AccessOffice
from kingmaker.control.office.champions import ChampionsOffice
from kingmaker.control.office.endpoints import EndpointsOffice
from kingmaker.control.office.glance import GlanceOffice
from kingmaker.control.office.housekeeping import HouseOffice
from kingmaker.control.office.models import ModelsOffice
from kingmaker.control.office.monitoring import MonitoringOffice
from kingmaker.control.office.pipelines import PipelinesOffice
from kingmaker.control.office.replays import ReplaysOffice
from kingmaker.control.office.runs import RunsOffice
from kingmaker.control.office.studies import StudiesOffice


class Office(
    RunsOffice,
    StudiesOffice,
    ChampionsOffice,
    ModelsOffice,
    PipelinesOffice,
    ReplaysOffice,
    EndpointsOffice,
    MonitoringOffice,
    GlanceOffice,
    AccessOffice,
    HouseOffice,
):
    """Plays `Verbs`. One object for one who asks; cheap to make; safe for several threads as the house's ledger is."""

    def close(self) -> None:
        """Close the house."""
        self.house.close()
