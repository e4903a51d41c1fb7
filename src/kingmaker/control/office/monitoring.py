"""MonitorVerbs over this machine's house."""

from datetime import date

from kingmaker.control.monitoring import read_now, settle
from kingmaker.control.office.room import Room
from kingmaker.domain.access import Right
from kingmaker.domain.alarm import Alarm
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.monitoring import Monitoring
from kingmaker.loop.monitor import Monitor, monitoring_of


class MonitoringOffice(Room):
    """MonitorVerbs, allowed or refused by who asks."""

    def monitoring(self, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
        self.may(Right.SEE, pipeline)
        if since is not None and until is not None and since > until:
            raise KingmakerError(f"{since} is after {until}", remedy="Name the earlier day first.")
        return monitoring_of(self.house, pipeline, since=since, until=until)

    def monitor(self, pipeline: str) -> Monitoring:
        self.may(Right.ASK, pipeline)
        monitor = Monitor(self.house, pipeline)
        told = read_now(self.house, pipeline, monitor)
        settle(self.house, pipeline, monitor.crossings(told))
        return told

    def alarms(
        self, pipeline: str, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        self.may(Right.SEE, pipeline)
        return self.house.ledger.alarms(pipeline, only_open=only_open, limit=limit, before=before)
