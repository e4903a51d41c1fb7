"""A home with a vault and a key, as a publisher leaves it."""

from pathlib import Path

import pytest
from tests.serving.publisher import Publisher

from kingmaker.bundle.keys import SigningKey


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """Of `tmp_path/home`; nothing is announced yet."""
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True)
    return Publisher(home / "vault", SigningKey.create(home / "keys" / "signing.key"))
