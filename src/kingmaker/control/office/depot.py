"""The depot's side of the office: what endpoints are given, and what they leave."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from kingmaker.bundle.pointers import pointer_name, report_name
from kingmaker.control.office.room import PIPELINE_NAME, Room
from kingmaker.domain.access import Right
from kingmaker.domain.errors import Conflict, KingmakerError, NotFound

MAX_REPORT_BYTES: Final = 64 << 10
MAX_SEGMENT_BYTES: Final = 64 << 20
"""Endpoints close a segment at 32 MiB, before it is packed."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ReportMalformed(KingmakerError):
    """A report is one JSON object."""

    code = "report_malformed"


@dataclass(frozen=True)
class DepotOffice(Room):
    """No verbs of people: `adapters.depots.http` says these, in its own words.

    `published` remembers which pipeline published which bundle, which never changes: a thousand endpoints ask at once.
    """

    published: dict[str, str] = field(default_factory=dict)

    def may_follow(self, pipeline: str) -> str:
        """The pipeline's name, for whoever may serve or see it."""
        return (
            pipeline
            if self._follows(pipeline) and PIPELINE_NAME.fullmatch(pipeline)
            else self.may(Right.SERVE, pipeline)
        )

    def pointer(self, pipeline: str) -> bytes | None:
        """The signed pointer as it is now. The right was asked for before, once for all who wait."""
        return self.house.vault.named(pointer_name(pipeline))

    def bundle(self, archive: str) -> Path:
        """The local, verified file of a published version's bundle.

        Raises NotFound for every other file of the vault, and for bundles of pipelines that one does not see.
        """
        pipeline = self.published.get(archive) or self._publisher(archive)
        if pipeline is not None and self._follows(pipeline):
            return self.house.vault.fetch(archive)
        raise NotFound("no bundle is published under this digest", where=archive[:80], remedy="Read the pointer again.")

    def take_report(self, pipeline: str, endpoint: str, told: bytes) -> None:
        """The newest replaces what the endpoint told before. Raises ReportMalformed."""
        self._may_leave(pipeline, endpoint)
        try:
            msgspec.json.decode(told, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise ReportMalformed(
                f"the report is no JSON object ({error})", where=f"{pipeline}/{endpoint}", remedy="Send one as UTF-8."
            ) from None
        self.house.vault.name(report_name(pipeline, endpoint), told)

    def may_leave_segment(self, pipeline: str, endpoint: str, segment: str) -> None:
        """Asked before its bytes are taken in."""
        self._may_leave(pipeline, endpoint, segment)

    def take_segment(self, pipeline: str, endpoint: str, segment: str, arrived: Path) -> None:
        """Keep a segment of the log of answers where readers of the inbox find it; leaving it again is harmless.

        It is one document in the vault, whole or not at all. Raises Conflict for other bytes: what was logged stays as it was.
        """
        self._may_leave(pipeline, endpoint, segment)
        name = f"inbox/{pipeline}/{endpoint}/{segment}"
        data, kept = arrived.read_bytes(), self.house.vault.named(name)
        if self.house.sealing is not None:
            data = self.house.sealing.opened(name, data)
        if kept is None:
            self.house.vault.name(name, data)
        elif hashlib.sha256(kept).digest() != hashlib.sha256(data).digest():
            raise Conflict(
                "another segment of that name was left before, and the log is never rewritten",
                where=name,
                remedy="Give each endpoint a name of its own.",
            )

    def _may_leave(self, pipeline: str, *names: str) -> None:
        """Raises NotFound for a pipeline that nobody declared or ran, so that nothing is left that nobody reads."""
        self.may(Right.SERVE, pipeline)
        for name in names:
            if not _PLAIN.fullmatch(name):
                raise NotFound(
                    "a name in the depot is up to 100 letters, digits, `.`, `_` and `-`, a letter or digit first",
                    where=repr(name[:80]),
                    remedy="Name the endpoint so.",
                )
        if pipeline not in self.house.ledger.pipelines() and self.house.ledger.declared(pipeline) is None:
            raise self.no_such_pipeline(pipeline)

    def _publisher(self, archive: str) -> str | None:
        for pipeline in self.house.ledger.pipelines() if _DIGEST.fullmatch(archive) else ():
            if any(version.archive == archive for version in self.house.ledger.versions(pipeline)):
                self.published[archive] = pipeline
                return pipeline
        return None

    def _follows(self, pipeline: str) -> bool:
        return self.who.may(Right.SEE, pipeline) or self.who.may(Right.SERVE, pipeline)
