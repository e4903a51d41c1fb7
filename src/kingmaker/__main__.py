"""The console command, also as `python -m kingmaker`."""

import sys

from kingmaker.entrance import open_house, open_source
from kingmaker.interfaces.cli.app import run_command_line


def main() -> None:
    sys.exit(run_command_line(open_house, open_source=open_source))


if __name__ == "__main__":
    main()
