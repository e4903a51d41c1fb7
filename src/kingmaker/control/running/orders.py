"""What runner and conducting child say to one another, over the child's standard input and output."""

from typing import Final

LOOK: Final = b"\n"
"""From the runner: there may be work; claim a run if you have none. The end of its input tells the child to go."""
RUN: Final = "run"
"""From the child, with a number: it conducts this run now."""
NOTHING: Final = "nothing"
"""From the child: it found no work, and waits."""
