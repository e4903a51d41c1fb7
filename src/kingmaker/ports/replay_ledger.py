"""What the ledger keeps of replays that were asked for."""

from collections.abc import Sequence
from typing import Protocol

from kingmaker.domain.replay import ReplayLease, ReplayOrder, ReplayProgress, ReplayRequest


class ReplayLedger(Protocol):
    """Replays, of which one is done at a time, however many processes claim. None is ever deleted."""

    def ask_replay(self, order: ReplayOrder, *, key: str, by: str) -> ReplayRequest:
        """Put it at the end of those that wait. The same key again is answered with what it became, whatever that is now.

        Raises Conflict for a key that was used for another order of the pipeline.
        """

    def replay(self, number: int) -> ReplayRequest:
        """Raises NotFound."""

    def replays(
        self, pipelines: Sequence[str] | None = None, *, limit: int = 50, before: int | None = None
    ) -> list[ReplayRequest]:
        """Newest first, of these pipelines (None: of all), with a number below `before`."""

    def replay_is_due(self) -> bool:
        """Whether `claim_replay` would find one now. Cheap; it locks nothing."""

    def claim_replay(self, holder: str, *, give_up_after: int = 20) -> tuple[ReplayRequest, ReplayLease] | None:
        """The oldest that was begun and left alone, else the oldest that waits; None when there is none, while a live holder

        has one, and, for one that waits, while somebody conducts a run. One that was taken up `give_up_after` times is ended
        as failed, and one whose end was wished for as cancelled, instead.
        """

    def renew_replay(self, lease: ReplayLease) -> ReplayLease:
        """Raises LeaseLost, as the next three do."""

    def tell_replay(self, lease: ReplayLease, progress: ReplayProgress) -> None:
        """What is known of its progress from now on."""

    def release_replay(self, lease: ReplayLease) -> None:
        """Give the lease back; the next claim goes on with the replay."""

    def finish_replay(self, lease: ReplayLease, *, result: str, page: str) -> ReplayRequest:
        """It is done: digests of what it came to."""

    def fail_replay(self, lease: ReplayLease, *, detail: str) -> ReplayRequest:
        """It cannot be done. One whose end was wished for is cancelled instead."""

    def cancel_replay(self, number: int, *, by: str, why: str) -> ReplayRequest:
        """Wish for its end; where no live holder has it, it ends at once. Wishing again is harmless.

        Raises NotFound, and RunRefused when it is over.
        """
