"""A process of its own that extracts, so that it can be killed at any moment."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sources.maxcompute.warehouse import FAST, reading_of

from kingmaker.adapters.sources.maxcompute.source import MaxComputeSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

PSEUDONYMISED = Pii(pseudonymise=("customer",))


def key() -> bytes:
    return b"k" * 32


def mask() -> Mask:
    return Mask(PSEUDONYMISED, key)


def _extract(declared: str, folder: str) -> None:
    reading = reading_of(SourceDeclaration.model_validate_json(declared), mask=mask())
    with (Path(folder).parent / "told.txt").open("a", buffering=1) as told:
        MaxComputeSource(FAST).extract(reading, Path(folder), lambda sentence: print(sentence, file=told))


@contextmanager
def extracting(declaration: SourceDeclaration, folder: Path) -> Iterator[multiprocessing.Process]:
    """Killed at the end of the block, if it is still there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kingmaker.adapters.sources.maxcompute.source"])
    process = context.Process(target=_extract, args=(declaration.model_dump_json(by_alias=True), str(folder)))
    process.start()
    try:
        yield process
    finally:
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        process.close()
