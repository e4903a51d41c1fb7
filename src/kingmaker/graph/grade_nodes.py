"""Score, grade and approval as graph nodes: rounded once, and graded on the rounded score."""

import numpy as np
from onnx import TensorProto

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.domain.thresholds import Thresholds
from kingmaker.graph.builder import GraphBuilder
from kingmaker.graph.calibration_nodes import LARGEST_LOG_ODDS
from kingmaker.graph.product_nodes import add_product


def add_grades(graph: GraphBuilder, thresholds: Thresholds, log_odds: str) -> None:
    """Add the outputs `score` [N] int64, `grade` [N] string and `approved` [N] bool.

    `log_odds` is the calibrated ln(pd / (1 - pd)), [N]: points come straight from it, so nothing is lost to a pd near 0
    or 1. Where it is NaN, nobody knows anything: the lowest score, the worst grade, not approved.
    """
    score = _add_score(graph, thresholds, log_odds)
    floors = _floors(thresholds)
    column = graph.op("Unsqueeze", [score, graph.constant(np.array([1], dtype=np.int64))])
    below = graph.op("Less", [column, graph.constant(np.array([floors], dtype=np.int64))])
    counted = graph.op("Cast", [below], to=TensorProto.INT64)
    place = graph.op("ReduceSum", [counted, graph.constant(np.array([1], dtype=np.int64))], keepdims=0)
    names = graph.constant(np.array([grade.name for grade in thresholds.grades], dtype=object))
    graph.op("Gather", [names, place], output="grade")
    rejected = graph.op("Less", [score, graph.constant(np.array(thresholds.approve_from, dtype=np.int64))])
    graph.op("Not", [rejected], output="approved")


def _add_score(graph: GraphBuilder, thresholds: Thresholds, log_odds: str) -> str:
    scale = thresholds.scale
    unknown = graph.op("IsNaN", [log_odds])
    known = graph.op("Where", [unknown, graph.constant(np.array(LARGEST_LOG_ODDS)), log_odds])
    points = add_product(graph, known, np.array(-scale.factor, dtype=np.float64))
    rounded = graph.op("Round", [graph.op("Add", [points, graph.constant(np.array(scale.offset, dtype=np.float64))])])
    return graph.op("Cast", [rounded], to=TensorProto.INT64, output="score")


def _floors(thresholds: Thresholds) -> list[int]:
    """Lowest scores of all grades but the worst. A row's grade is the number of floors its score is below."""
    floors = [grade.lowest_score for grade in thresholds.grades]
    kept = [floor for floor in floors[:-1] if floor is not None]
    falling = kept == sorted(set(kept), reverse=True)
    if not floors or floors[-1] is not None or len(kept) != len(floors) - 1 or not falling:
        raise GraphUnsupported(
            "the grade thresholds do not fall from the best grade to the worst, which has none",
            where=f"lowest scores {floors}",
            remedy="Refit the grades.",
        )
    return kept
