"""Refit: fit the winner again on all matured loans, for the freshest loans teach the most about those to come."""

from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.verdict import Decision
from kingmaker.loop.refitting.again import ALL_MATURED, Procedure
from kingmaker.loop.refitting.fitter import fitter_of
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.refitting.trials import trial_of
from kingmaker.loop.selection import Selection
from kingmaker.loop.turn import Turn, key_of
from kingmaker.pipeline.declaration import Pipeline


def why_not(pipeline: Pipeline, selection: Selection) -> str:
    """Why nothing is to be refitted; empty when the finalist is."""
    if selection.finalist is None or selection.verdict.decision is Decision.REJECT:
        return "nothing is published, so nothing was refitted"
    if pipeline.policy.publish == "tested":
        return "the policy publishes what was tested (`publish: tested`)"
    return ""


def refit_key(turn: Turn, snapshot: Snapshot, selection: Selection) -> str:
    """Covers what decides the refit and nothing else, so that other runs and pipelines in the same home share it."""
    reason = why_not(turn.pipeline, selection)
    if reason:
        return key_of(reason)
    return fitter_of(turn, snapshot, Stage.REFIT).key(_procedure(turn, selection), ALL_MATURED)


def refit(turn: Turn, snapshot: Snapshot, selection: Selection) -> Refit:
    """Fit the finalist as its trial was (recipe, hyperparameters, imbalance, denoising, seed, rounds) on every matured loan.

    A fit that fails makes no run fail: it leaves a fault, and nothing is refitted.
    """
    reason = why_not(turn.pipeline, selection)
    if reason:
        return Refit(sentence=reason)
    return fitter_of(turn, snapshot, Stage.REFIT).fit(_procedure(turn, selection), ALL_MATURED)


def _procedure(turn: Turn, selection: Selection) -> Procedure:
    assert selection.finalist is not None
    return Procedure(trial=trial_of(turn.house.ledger, selection.finalist), recipe=selection.finalist.recipe)
