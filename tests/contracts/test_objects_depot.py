"""Object storage as depot, beyond the contract."""

import pytest

from kingmaker.adapters.depots.objects import ObjectsDepot
from kingmaker.domain.errors import NotFound
from kingmaker.ports.depot import DepotUnreachable

from .object_storage import object_storage


def test_a_storage_that_goes_away_is_unreachable_in_one_line(monkeypatch: pytest.MonkeyPatch):
    with object_storage() as storage:
        for name, value in storage.variables.items():
            monkeypatch.setenv(name, value)
        depot = ObjectsDepot(f"{storage.bucket}/prefix", allow_http=True)
        with pytest.raises(NotFound):
            depot.pointer("loans")
    with pytest.raises(DepotUnreachable) as told:
        depot.pointer("loans")
    assert "\n" not in str(told.value)
    with pytest.raises(DepotUnreachable):
        depot.report("loans", "here", b"{}")
