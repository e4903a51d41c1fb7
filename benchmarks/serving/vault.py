"""Our own endpoint's source: a vault's folder with the bundle under its digest, and the signed pointer to it."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.pointers import sealed_pointer
from kingmaker.bundle.reading import open_bundle
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Placed, Pointer

PIPELINE = "benchmark"
VAULT, PUBLIC_KEY = "vault", "public.key"


def make_vault(folder: Path) -> None:
    """`vault/` and `public.key`, from `model.bundle` and `signing.key`."""
    key = SigningKey.load(folder / "signing.key")
    bundle = open_bundle(folder / "model.bundle", trusted=[key.public])
    archive = (folder / "model.bundle").read_bytes()
    placed = Placed(version=bundle.version, archive=sha256(archive).hexdigest(), size=len(archive))
    pointer = Pointer(
        pipeline=PIPELINE,
        edition=1,
        turn=1,
        champion=placed,
        since=datetime(2026, 1, 31, tzinfo=UTC),
        reason=TurnReason.PROMOTED,
        why="It is the benchmark's only model.",
    )
    _write(folder / VAULT / placed.archive[:2] / placed.archive[2:], archive)
    _write(folder / VAULT / "champions" / f"{PIPELINE}.json", sealed_pointer(pointer, key))
    _write(folder / PUBLIC_KEY, f"{key.public.text}\n".encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
