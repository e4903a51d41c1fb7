"""Erasures in the ledger: what was erased for whom, and which file stands for which."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kingmaker.domain.erasure import Erasure, Marks, Replaced


class ErasureLedger(Protocol):
    """Nothing here names a customer. An erasure that was begun is gone on with, by whoever comes, until it is ended."""

    def begin_erasure(self, pipeline: str, marks: Marks, *, versions: Sequence[str] = (), by: str, why: str) -> Erasure:
        """Write down that a customer's rows go, with its audit entry; one that is unfinished is answered with what it has

        become with these marks and versions too.
        """

    def reopen_erasure(self, number: int) -> Erasure:
        """Go on with one that was ended: rows of the customer arrived since. With its audit entry."""

    def replace_file(self, erasure: int, replaced: Replaced) -> None:
        """Write down what stands for what. The same file of an erasure again is harmless."""

    def end_erasure(self, number: int) -> Erasure:
        """Count what was replaced and seal it, with its audit entry. Ending it again changes nothing."""

    def erasures(self, pipeline: str | None = None, *, limit: int = 1000) -> list[Erasure]:
        """Newest first."""

    def erasure_marks(self, number: int) -> Marks:
        """Raises NotFound."""

    def erased_marks(self, pipeline: str) -> list[tuple[Marks, datetime]]:
        """The marks of every erasure of the pipeline, each with when it was begun."""

    def standing_for(self, digest: str) -> str | None:
        """The file that stands for this one now; None when none does: nothing was erased from it, or it went whole."""

    def replaced_files(self, erasure: int | None = None) -> list[Replaced]:
        """Of one erasure in order, `new` as it was written then; of all, `new` as it is now."""

    def begin_anew(self, run: int) -> None:
        """Forget every stage of an unfinished run. Raises RunRefused while somebody works on it."""
