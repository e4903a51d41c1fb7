"""Train: fit trials generation by generation, record each at once, and never fit again what is recorded."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Lease
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial, TrialEnd, TrialSpec
from kingmaker.learners.registry import learner
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.training.fit_order import FitOrder
from kingmaker.loop.training.libraries import library_versions
from kingmaker.loop.training.search import Search
from kingmaker.loop.training.trial_room import TrialRoom
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.engine import Engine
from kingmaker.ports.ledger import Ledger
from kingmaker.ports.progress import Progress
from kingmaker.ports.vault import Vault


class NothingFitted(KingmakerError):
    """Every trial failed, so there is nothing to choose from; the faults say why."""

    code = "nothing_fitted"


def train(  # noqa: PLR0913 - the ports a stage needs, each by name
    pipeline: Pipeline,
    snapshot: Snapshot,
    prepared: Prepared,
    *,
    run: int,
    lease: Lease,
    ledger: Ledger,
    vault: Vault,
    engine: Engine,
    progress: Progress,
    clock: Callable[[], datetime],
) -> tuple[Trial, ...]:
    """Search for challengers; all finished trials, failed ones included, by number.

    The same snapshot, declaration and seed give the same trials whatever the engine's slots and however often the stage
    was killed and begun again; only the limits of time and memory can make a difference, and every such trial is a fault.
    Raises NothingFitted, LeaseLost, and ValueError when `prepared` is of another snapshot.
    """
    if prepared.snapshot != snapshot.digest:
        raise ValueError("the prepared data were made from another snapshot")
    learners = {name: learner(name) for name in pipeline.training.learners}
    versions = library_versions()
    search = Search(pipeline.training, learners)
    room = TrialRoom(
        training=pipeline.training,
        prepared=prepared,
        run=run,
        lease=lease,
        ledger=ledger,
        vault=vault,
        engine=engine,
        progress=progress,
        clock=clock,
    )
    ends = clock() + timedelta(minutes=pipeline.training.minutes)
    trials: list[Trial] = []
    while specs := search.next_generation():
        if clock() >= ends:
            room.note_out_of_minutes(len(trials))
            break
        orders = [_order_of(spec, pipeline, prepared, search, versions) for spec in specs]
        generation = room.fit(orders)
        search.tell(generation)
        trials += generation
    return _with_a_model(trials)


def _order_of(
    spec: TrialSpec, pipeline: Pipeline, prepared: Prepared, search: Search, versions: dict[str, str]
) -> FitOrder:
    variant = prepared.variant(spec.recipe)
    return FitOrder(
        trial=spec,
        prepared=prepared.digest,
        outputs=variant.outputs,
        monotone=variant.monotone,
        approval_rate=pipeline.policy.approval_rate,
        prune_below=search.prune_below(spec.learner),
        libraries=versions,
    )


def _with_a_model(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    if not any(trial.end is TrialEnd.FITTED for trial in trials):
        ends = ", ".join(f"{trial.spec.learner} #{trial.spec.number} {trial.end.value}" for trial in trials[:4])
        raise NothingFitted(
            f"none of {len(trials)} trials could be fitted ({ends or 'the time was over before the first'})",
            where="train",
            remedy="The faults of the run say why; raise the limits under `training` where those were reached.",
        )
    return tuple(trials)
