"""The terminal: tables and sentences for people, JSON for programs, progress on the error stream."""

import sys
from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kingmaker.domain.errors import KingmakerError

_SHORTEST = 12


class Screen:
    """Prints either text or, with `json`, one JSON document on standard output."""

    def __init__(self, *, json: bool, error_stream: bool = False) -> None:
        self.json = json
        self._console = Console(stderr=error_stream, highlight=False, soft_wrap=True)

    @classmethod
    def for_errors(cls, arguments: Sequence[str]) -> "Screen":
        return cls(json="--json" in arguments, error_stream=True)

    def error(self, error: KingmakerError) -> None:
        """One error: a sentence for people; code, what, where and remedy for programs."""
        if self.json:
            record = {"code": error.code, "what": error.what, "where": error.where, "remedy": error.remedy}
            print(msgspec.json.encode({"error": record}).decode(), file=sys.stderr)
        else:
            self._console.print(f"[bold red]error:[/] {escape(error.sentence())}")

    def document(self, record: object) -> None:
        """The JSON form of a domain record."""
        print(msgspec.json.format(msgspec.json.encode(record, enc_hook=str), indent=2).decode())

    def line(self, text: str = "", *, style: str | None = None) -> None:
        self._console.print(escape(text), style=style)

    def heading(self, text: str) -> None:
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), clip: bool = False
    ) -> None:
        """A table without rules, its columns a blank apart where two would be too wide.

        `right` are the indices of right-aligned columns. `clip` shortens the last column so that a row is one line;
        otherwise what is too wide goes on below.
        """
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        room = self._console.width - sum(widths[:-1]) - 2 * (len(widths) - 1)
        if clip:
            rows = [[*row[:-1], _clipped(row[-1], max(room, _SHORTEST))] for row in rows]
            widths[-1] = max(len(row[-1]) for row in (columns, *rows))
        tight = room < widths[-1]
        table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False, collapse_padding=tight)
        for index, column in enumerate(columns):
            table.add_column(column, justify="right" if index in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._console.print(table)


def _clipped(text: str, width: int) -> str:
    """The first line, cut at the width with a sign of it."""
    line, _, more = text.partition("\n")
    if len(line) <= width and not more:
        return line
    return f"{line[: width - 1].rstrip()}…"
