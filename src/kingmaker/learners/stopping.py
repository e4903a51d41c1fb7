"""When to stop adding rounds: the holdout AUC has not risen for a while, or the pruner gives the trial up."""

from kingmaker.ports.learner import Pruner, TrialPruned

RUNG = 25
"""Rounds between two questions to the pruner."""


class HoldoutWatch:
    """Follows the holdout AUC through one fit and remembers the best number of rounds. One watch a fit."""

    def __init__(self, prune: Pruner, *, patience: int) -> None:
        self._prune = prune
        self._patience = patience
        self.best_rounds = 0
        self.best_auc = 0.0

    def is_enough(self, rounds: int, auc: float) -> bool:
        """Take note of the AUC after `rounds` rounds; answer whether to stop. Raises TrialPruned at a rung."""
        if self.best_rounds == 0 or auc > self.best_auc:
            self.best_rounds, self.best_auc = rounds, auc
        if rounds % RUNG == 0 and self._prune(rounds, auc):
            raise TrialPruned
        return rounds - self.best_rounds >= self._patience
