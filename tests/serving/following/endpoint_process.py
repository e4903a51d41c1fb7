"""A process that follows: `endpoint_process.py SOURCE PIPELINE CACHE PUBLIC_KEY`. Prints each version that it serves."""

import sys
from pathlib import Path
from threading import Event

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.bundle.keys import PublicKey
from kingmaker.serving.cache import Cache
from kingmaker.serving.follow import Follower
from kingmaker.serving.seat import Seat


def main(source: str, pipeline: str, cache: str, key: str) -> None:
    depot = HttpDepot(Site(source)) if source.startswith("http") else FolderDepot(Path(source), look_seconds=0.01)
    seat = Seat()
    follower = Follower(seat, depot, pipeline, (PublicKey.of(key),), Cache(Path(cache)))
    follower.start()
    print("started", flush=True)
    told = ""
    while not Event().wait(0.002):
        standing = seat.standing
        if standing is not None and standing.champion.version != told:
            told = standing.champion.version
            print(f"{standing.pointer.turn} {told}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
