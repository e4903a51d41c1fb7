"""A project of MaxCompute, opened with the account that the declaration names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from odps import ODPS
from odps.config import option_context
from odps.errors import NoPermission
from odps.models import Instance, Table
from odps.tunnel import TableTunnel

from kingmaker.adapters.sources.maxcompute.pace import Answer, Pace, Telling, patiently
from kingmaker.pipeline.source import MaxCompute
from kingmaker.privacy.secrets import secret_of

TIME_ZONE: Final = "odps.sql.timezone"
_USUAL_ZONE: Final = "Asia/Shanghai"
"""The service's own, where neither the declaration nor the project says another."""
_DATE_TYPES: Final = "odps.sql.type.system.odps2"
"""Without it there are no DATE literals."""


@dataclass(frozen=True, slots=True)
class Project:
    """Speaks to the service; `pace` says how patiently, `telling` hears when it takes long."""

    odps: ODPS
    declared: MaxCompute
    pace: Pace
    telling: Telling

    def ask(self, what: Callable[[], Answer]) -> Answer:
        """Again and again, while what goes wrong may pass."""
        return patiently(what, self.pace, self.telling)

    def submit(self, sql: str, *, asked: str) -> str:
        """The id of the instance that runs the statement. The service answers the same instance for the same `asked`."""

        def ask() -> str:
            instance = self.odps.run_sql(
                sql,
                hints={_DATE_TYPES: "true", **self.declared.settings},
                priority=self.declared.priority,
                default_schema=self.declared.schema_,
                unique_identifier_id=asked,
            )
            return str(instance.id)

        return self.ask(ask)

    def instance(self, number: str) -> Instance:
        """Nothing is asked yet."""
        return self.odps.get_instance(number)

    def table(self, name: str) -> Table:
        """As it is now. Raises what PyODPS does for one that does not exist."""

        def ask() -> Table:
            table = self.odps.get_table(name, schema=self.declared.schema_)
            table.reload()
            return table

        return self.ask(ask)

    def tunnel(self) -> TableTunnel:
        return TableTunnel(self.odps, endpoint=self.declared.tunnel)

    def zone(self) -> str:
        """The time zone in which the service's moments are read."""
        declared = self.declared.settings.get(TIME_ZONE)
        return declared or self.ask(self._zone_of_project)

    def _zone_of_project(self) -> str:
        project = self.odps.get_project()
        with suppress(NoPermission):
            project.reload(all_props=True)
            return str((project.properties or {}).get(TIME_ZONE) or _USUAL_ZONE)
        return _USUAL_ZONE


@contextmanager
def opened(declared: MaxCompute, pace: Pace, told: Callable[[str], None]) -> Iterator[Project]:
    """Raises SecretMissing, and what PyODPS does when the project cannot be opened."""
    with option_context(pace.options):
        odps = ODPS(
            secret_of(declared.access_id),
            secret_of(declared.access_key),
            project=declared.project,
            endpoint=declared.endpoint,
            schema=declared.schema_,
            tunnel_endpoint=declared.tunnel,
            overwrite_global=False,
            rest_client_kwargs={"retry_enabled": False},
        )
        with suppress(NoPermission):  # to see a project is a right of its own
            patiently(lambda: odps.get_project().reload(), pace.at_first, Telling(told))
        yield Project(odps, declared, pace, Telling(told))
