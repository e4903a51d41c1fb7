"""The finalist made ready: calibrated and graded on margins of calibration and selection windows that it was not fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.bundle.scorer import Scorer, Scores
from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import ModelForm
from kingmaker.loop.judging.answers import Floats, answers
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.grading import thresholds_of
from kingmaker.loop.selection import Finalist
from kingmaker.recipe.spec import Recipe
from kingmaker.statistics.calibration import apply_calibration, fit_platt
from kingmaker.statistics.grades import rounded_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The finalist as it would be served: `graph` are the bytes of the one ONNX file."""

    candidate: Candidate
    calibration: Calibration
    thresholds: Thresholds
    graph: bytes
    scorer: Scorer

    def before_the_test(self, window: Window) -> tuple[Floats, NDArray[np.int64]]:
        """[rows] pds and scores on a window, by fits that saw none of its customers where it is labelled."""
        pd = apply_calibration(self.calibration, self.candidate.margins[window])
        return pd, rounded_score(self.thresholds.scale, pd)

    def on(self, frame: pl.DataFrame) -> Scores:
        """The graph's own answers on raw rows."""
        return answers(self.scorer, self.candidate.recipe, frame)


def finish(bench: Bench, candidate: Candidate, *, threads: int) -> Final:
    """Refit calibration and grades on calibration and selection windows together, by the candidate's margins there."""
    margin, bad = _graded_on(bench, candidate)
    calibration = fit_platt(margin, bad)
    thresholds = thresholds_of(
        bench.pipeline.policy,
        calibration,
        margin,
        bad,
        recent_margin=candidate.margins[Window.RECENT],
        in_force=bench.incumbent.thresholds_in_force if bench.incumbent else None,
    )
    graph = sealed_graph(bench.pipeline.pipeline, candidate.recipe, candidate.form, calibration, thresholds)
    return Final(
        candidate=candidate,
        calibration=calibration,
        thresholds=thresholds,
        graph=graph,
        scorer=Scorer(graph, threads=threads),
    )


def as_tested(bench: Bench, candidate: Candidate, finalist: Finalist, *, threads: int) -> Final:
    """The same artefact that an earlier run tested: nothing about it is fitted again."""
    graph = sealed_graph(
        bench.pipeline.pipeline, candidate.recipe, candidate.form, finalist.calibration, finalist.thresholds
    )
    return Final(
        candidate=candidate,
        calibration=finalist.calibration,
        thresholds=finalist.thresholds,
        graph=graph,
        scorer=Scorer(graph, threads=threads),
    )


def _graded_on(bench: Bench, candidate: Candidate) -> tuple[np.ndarray, np.ndarray]:
    windows = (Window.CALIBRATION, Window.SELECTION)
    return (
        np.concatenate([candidate.margins[window] for window in windows]),
        np.concatenate([bench.rows[window].bad for window in windows]),
    )


def sealed_graph(
    pipeline: str, recipe: Recipe, form: ModelForm, calibration: Calibration, thresholds: Thresholds
) -> bytes:
    """The one ONNX file: raw columns in; margin, pd, score, grade and approval out."""
    metadata: Mapping[str, str] = {
        "pipeline": pipeline,
        "num": ",".join(recipe.number_inputs()),
        "cat": ",".join(recipe.category_inputs()),
    }
    return graph_bytes(
        build_graph(recipe=recipe, form=form, calibration=calibration, thresholds=thresholds, metadata=metadata)
    )
