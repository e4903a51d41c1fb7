"""The server, and a project to read from."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sources.maxcompute.server.service import Service, serving
from tests.sources.maxcompute.warehouse import VARIABLES, OwnWarehouse, RealWarehouse, Warehouse


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as found:
        yield found


@pytest.fixture
def own(service: Service, tmp_path: Path) -> OwnWarehouse:
    """Of the server, whose faults a test sets."""
    return OwnWarehouse(service, tmp_path)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """Of the real service where the environment names it."""
    if all(os.environ.get(name) for name in VARIABLES.values()):
        real = RealWarehouse()
        try:
            yield real
        finally:
            real.close()
        return
    with serving() as found:
        yield OwnWarehouse(found, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is read goes there."""
    made = tmp_path / "extract"
    made.mkdir()
    return made
