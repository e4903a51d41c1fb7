"""A process that logs batch after batch until it is killed, and says how many rows it has recorded."""

import sys
from itertools import count
from pathlib import Path

from tests.serving.journal.answers import batch, folder_depot

from kingmaker.serving.journal.journal import Journal
from kingmaker.serving.journal.limits import JournalLimits
from kingmaker.serving.journal.place import Place

ROWS = 7


def main() -> None:
    place = Place(Path(sys.argv[1]), "loans", "till-1")
    limits = JournalLimits(waiting_rows=2_000, flush=0.01)
    journal = Journal(place, folder_depot(Path(sys.argv[2])), limits)
    journal.start()
    for number in count():
        journal.record(batch(ROWS, first=ROWS * number))
        if number % 50 == 0:
            print(journal.state().written, flush=True)


if __name__ == "__main__":
    main()
