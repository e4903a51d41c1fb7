"""What every stage of a run knows, and the digest that says whether a stage must be done again."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kingmaker import __version__
from kingmaker.domain.run import Lease, Run, Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.engine import Engine
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the loop under way. `folder` is where the declaration's relative paths start.

    `previous` is the snapshot that the loans are compared with, None for a pipeline's first.
    `engine` has been told to get ready; whoever made the turn closes it.
    """

    house: House
    engine: Engine
    run: Run
    lease: Lease
    pipeline: Pipeline
    folder: Path
    workspace: Path
    progress: Progress
    previous: Snapshot | None = None


Outputs = dict[Stage, bytes]
"""What the finished stages of this run put out, as the JSON bytes kept in the vault."""


def _always(output: bytes) -> bool:
    del output
    return True


def _no_files(output: bytes) -> Sequence[str]:
    del output
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage: `key` digests all it depends on, `work` does it; `may_reuse` lets an earlier run's output stand in.

    `stands_in` refuses that to single outputs: a failure is tried again by the next run.
    `files` lists the vault digests that an output names: one whose files are gone is no output, and is made again.
    """

    stage: Stage
    sentence: str
    key: Callable[[Turn, Outputs], str]
    work: Callable[[Turn, Outputs], bytes]
    may_reuse: bool = True
    stands_in: Callable[[bytes], bool] = _always
    files: Callable[[bytes], Sequence[str]] = _no_files


def key_of(*facts: object) -> str:
    """Digest of JSON-able facts and of Kingmaker's own version: another version does its stages again."""
    return hashlib.sha256(msgspec.json.encode([__version__, *facts], order="deterministic")).hexdigest()
