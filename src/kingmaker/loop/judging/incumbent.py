"""The champion on today's rows: answered by the model that was tested when it was promoted, from its own columns.

What is in force was refitted on loans that may stand in today's windows, and would be flattered there. The model that was
tested in its place, its twin, has seen none of them: every window moves on with time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.errors import NotFound, TamperFound
from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Thresholds
from kingmaker.domain.trial import Trial
from kingmaker.learners.registry import learner
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.judging.answers import answers
from kingmaker.loop.judging.bench import Incumbent
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.judging.final import sealed_graph
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.loop.selection import Finalist, selection_from_json
from kingmaker.ports.house import House
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The champion ready to be asked. `thresholds` are those of the `tested` graph; `served` is the graph in force.

    `has_twin` is False where the graph in force is the one that was tested, or the tested one is lost.
    """

    version: str
    bundle: Bundle
    trial: Trial | None
    tested: Scorer
    thresholds: Thresholds
    served: Scorer
    recipe: Recipe
    has_twin: bool


def bundle_in_force(house: House, turn: ChampionTurn) -> Bundle:
    """The champion's bundle, verified. Raises BundleRefused or NotFound."""
    return published_bundle(house, turn.pipeline, turn.version)


def missing_columns(schema: InputSchema, rows: JudgedRows) -> tuple[str, ...]:
    """Columns that the champion reads and that today's rows no longer have."""
    return tuple(name for name in schema.names if name not in rows.frame.columns)


def standing_of(house: House, turn: ChampionTurn, bundle: Bundle) -> Standing:
    """The champion in force, after it has proven its golden rows, and its tested twin."""
    served = prove(bundle)
    recipe = recipe_from_json(bundle.recipe)
    twin = _twin(house, turn)
    return Standing(
        version=turn.version,
        bundle=bundle,
        trial=house.ledger.trial(bundle.lineage.trial),
        tested=Scorer(twin[0]) if twin else served,
        thresholds=twin[1].thresholds if twin else bundle.cut_offs.thresholds,
        served=served,
        recipe=recipe,
        has_twin=twin is not None,
    )


def _twin(house: House, turn: ChampionTurn) -> tuple[bytes, Finalist] | None:
    """The graph that was tested by the run which published the version; None where that is what it published."""
    recorded = house.ledger.verdict(house.ledger.version(turn.pipeline, turn.version).run)
    if recorded is None or recorded.verdict.published != "refit":
        return None
    try:
        finalist = selection_from_json(house.vault.read(recorded.evidence)).finalist
        if finalist is None:
            return None
        recipe = recipe_from_json(house.vault.read(finalist.recipe))
        form = learner(finalist.learner).from_bytes(house.vault.read(finalist.model)).form()
    except (NotFound, TamperFound):
        return None
    return sealed_graph(turn.pipeline, recipe, form, finalist.calibration, finalist.thresholds), finalist


def incumbent_on(standing: Standing, rows: Mapping[Window, JudgedRows]) -> Incumbent | None:
    """Score every window that has rows.

    None when its answers on a labelled window are missing or all the same: such a champion can be compared with nobody.
    """
    found = {
        window: answers(standing.tested, standing.recipe, judged.frame)
        for window, judged in rows.items()
        if judged.count
    }
    if not all(answers_vary(scores.pd) for window, scores in found.items() if window is not Window.RECENT):
        return None
    recent = rows.get(Window.RECENT)
    served = answers(standing.served, standing.recipe, recent.frame).pd if recent is not None and recent.count else None
    return Incumbent(
        version=standing.version,
        learner=standing.bundle.lineage.learner,
        trial=standing.trial,
        thresholds=standing.thresholds,
        pds={window: scores.pd for window, scores in found.items()},
        scores={window: scores.score for window, scores in found.items()},
        columns=frozenset(standing.bundle.schema.names),
        served_thresholds=standing.bundle.cut_offs.thresholds,
        served_recent=served,
        has_twin=standing.has_twin,
    )
