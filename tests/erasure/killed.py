"""A process that erases and is killed at a step: `python -m tests.erasure.killed FOLDER STEP [MASTER_KEY]`."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.erasure.lender import CUSTOMER, opened, their_loans

from kingmaker.control.erasing.erase import erase


class Mortal:
    """Whatever it stands for, dies by SIGKILL before its n-th step that writes, over all that share `left`."""

    STEPS = frozenset({"put", "put_bytes", "discard", "name", "replace_file", "end_erasure"})

    def __init__(self, plays: Any, left: list[int]) -> None:
        self._plays = plays
        self._left = left

    def __getattr__(self, name: str) -> Any:
        if name in self.STEPS:
            self._left[0] -= 1
            if not self._left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self._plays, name)


if __name__ == "__main__":
    house, left = opened(Path(sys.argv[1]), *sys.argv[3:]), [int(sys.argv[2])]
    mortal = replace(house, vault=Mortal(house.vault, left), ledger=Mortal(house.ledger, left))
    erase(mortal, "book", CUSTOMER, applications=their_loans(), by="ada", why="asked for it")
