"""The champion on today's rows, by models that have not seen them, from its own columns.

What is in force was refitted on loans that may stand in today's windows, and would be flattered there. So on the test window it
is represented by the model that was tested when it was promoted, and on the windows before by the trial that was ranked then:
both learnt only from loans that lie before these windows today, for every window moves on with time.
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
from kingmaker.graph.forms import ModelForm
from kingmaker.learners.registry import learner
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.judging.answers import Floats, answers, margin_scorer, margins
from kingmaker.loop.judging.bench import Incumbent
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.judging.final import sealed_graph
from kingmaker.loop.judging.judged import Integers, JudgedRows
from kingmaker.loop.selection import Finalist, selection_from_json
from kingmaker.ports.house import House
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe
from kingmaker.statistics.calibration import apply_calibration, fit_platt
from kingmaker.statistics.grades import rounded_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The champion ready to be asked. `thresholds` are those of the `tested` graph; `served` is the graph in force.

    `ranked` is the form of the trial's own model, None where it is lost. `has_twin` is False where the graph in force is the
    one that was tested, or the tested one is lost.
    """

    version: str
    bundle: Bundle
    trial: Trial | None
    ranked: ModelForm | None
    tested: Scorer
    thresholds: Thresholds
    served: Scorer
    recipe: Recipe
    has_twin: bool
    threads: int


def bundle_in_force(house: House, turn: ChampionTurn) -> Bundle:
    """The champion's bundle, verified. Raises BundleRefused or NotFound."""
    return published_bundle(house, turn.pipeline, turn.version)


def missing_columns(schema: InputSchema, rows: JudgedRows) -> tuple[str, ...]:
    """Columns that the champion reads and that today's rows no longer have."""
    return tuple(name for name in schema.names if name not in rows.frame.columns)


def standing_of(house: House, turn: ChampionTurn, bundle: Bundle, *, threads: int) -> Standing:
    """The champion in force, after it has proven its golden rows, and its tested twin."""
    served = prove(bundle)
    recipe = recipe_from_json(bundle.recipe)
    twin, trial = _twin(house, turn), house.ledger.trial(bundle.lineage.trial)
    return Standing(
        version=turn.version,
        bundle=bundle,
        trial=trial,
        ranked=_ranked(house, trial),
        tested=Scorer(twin[0], threads=threads) if twin else served,
        thresholds=twin[1].thresholds if twin else bundle.cut_offs.thresholds,
        served=served,
        recipe=recipe,
        has_twin=twin is not None,
        threads=threads,
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


def _ranked(house: House, trial: Trial | None) -> ModelForm | None:
    if trial is None or trial.model is None:
        return None
    try:
        return learner(trial.spec.learner).from_bytes(house.vault.read(trial.model)).form()
    except (NotFound, TamperFound):
        return None


def incumbent_on_test(standing: Standing, rows: JudgedRows) -> Incumbent | None:
    """By the model that was tested. None when its answers are missing or all the same: it can be compared with nobody."""
    scores = answers(standing.tested, standing.recipe, rows.frame)
    if not answers_vary(scores.pd):
        return None
    return _incumbent(standing, pds={Window.TEST: scores.pd}, scores={Window.TEST: scores.score})


def incumbent_before_test(standing: Standing, rows: Mapping[Window, JudgedRows]) -> Incumbent | None:
    """By the trial that was ranked, calibrated on today's calibration window as every candidate is; None as on the test."""
    known: dict[Window, JudgedRows] = {
        window: judged for window, judged in rows.items() if judged.count and window is not Window.TRAIN
    }
    pds = (
        _pds_of_tested(standing, known) if standing.ranked is None else _pds_of_ranked(standing, standing.ranked, known)
    )
    if pds is None or not all(answers_vary(pd) for window, pd in pds.items() if window is not Window.RECENT):
        return None
    recent = known.get(Window.RECENT)
    return _incumbent(
        standing,
        pds=pds,
        scores={window: rounded_score(standing.thresholds.scale, pd) for window, pd in pds.items()},
        served_recent=answers(standing.served, standing.recipe, recent.frame).pd if recent else None,
    )


def _pds_of_tested(standing: Standing, rows: Mapping[Window, JudgedRows]) -> dict[Window, Floats]:
    return {window: answers(standing.tested, standing.recipe, judged.frame).pd for window, judged in rows.items()}


def _pds_of_ranked(
    standing: Standing, form: ModelForm, rows: Mapping[Window, JudgedRows]
) -> dict[Window, Floats] | None:
    scorer = margin_scorer(standing.recipe, form, threads=standing.threads)
    found = {window: margins(scorer, standing.recipe, judged.frame) for window, judged in rows.items()}
    if not answers_vary(found[Window.CALIBRATION]):
        return None
    platt = fit_platt(found[Window.CALIBRATION], rows[Window.CALIBRATION].bad)
    return {window: apply_calibration(platt, margin) for window, margin in found.items()}


def _incumbent(
    standing: Standing,
    *,
    pds: Mapping[Window, Floats],
    scores: Mapping[Window, Integers],
    served_recent: Floats | None = None,
) -> Incumbent:
    return Incumbent(
        version=standing.version,
        learner=standing.bundle.lineage.learner,
        trial=standing.trial,
        thresholds=standing.thresholds,
        pds=pds,
        scores=scores,
        columns=frozenset(standing.bundle.schema.names),
        served_thresholds=standing.bundle.cut_offs.thresholds,
        served_recent=served_recent,
        has_twin=standing.has_twin,
    )
