"""The champion on today's rows, answered by its own published graph from its own columns."""

from collections.abc import Mapping

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Scorer, Scores
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.snapshot import Window
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.judging.answers import answers
from kingmaker.loop.judging.bench import Incumbent
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.ports.house import House
from kingmaker.recipe.json import recipe_from_json


def bundle_in_force(house: House, turn: ChampionTurn) -> Bundle:
    """The champion's bundle, verified. Raises BundleRefused or NotFound."""
    return published_bundle(house, turn.pipeline, turn.version)


def missing_columns(schema: InputSchema, rows: JudgedRows) -> tuple[str, ...]:
    """Columns that the champion reads and that today's rows no longer have."""
    return tuple(name for name in schema.names if name not in rows.frame.columns)


def incumbent_on(
    house: House, turn: ChampionTurn, bundle: Bundle, rows: Mapping[Window, JudgedRows]
) -> Incumbent | None:
    """Score every window that has rows with the champion's graph, after it has proven its golden rows.

    None when its answers on a labelled window are missing or all the same: such a champion can be compared with nobody.
    """
    scorer = prove(bundle)
    found = {window: _scores(bundle, scorer, judged) for window, judged in rows.items() if judged.count}
    if not all(answers_vary(scores.pd) for window, scores in found.items() if window is not Window.RECENT):
        return None
    return Incumbent(
        version=turn.version,
        learner=bundle.lineage.learner,
        trial=house.ledger.trial(bundle.lineage.trial),
        thresholds=bundle.cut_offs.thresholds,
        pds={window: scores.pd for window, scores in found.items()},
        scores={window: scores.score for window, scores in found.items()},
    )


def _scores(bundle: Bundle, scorer: Scorer, rows: JudgedRows) -> Scores:
    return answers(scorer, recipe_from_json(bundle.recipe), rows.frame)
