"""Calibration as graph nodes: from the model's margin to the calibrated pd."""

import numpy as np

from kingmaker.domain.thresholds import Calibration
from kingmaker.graph.builder import GraphBuilder
from kingmaker.graph.product_nodes import add_product

LARGEST_LOG_ODDS = 40.0
"""Calibrated log-odds are held within ±40 (a pd within 4e-18 of 0 or 1), so that every score is a small whole number."""


def add_calibration(graph: GraphBuilder, calibration: Calibration, margin: str) -> str:
    """Platt scaling, intercept + slope * margin, held within `LARGEST_LOG_ODDS`. Returns [N] double."""
    scaled = add_product(graph, margin, np.array(calibration.slope, dtype=np.float64))
    log_odds = graph.op("Add", [scaled, graph.constant(np.array(calibration.intercept, dtype=np.float64))])
    low, high = (graph.constant(np.array(bound)) for bound in (-LARGEST_LOG_ODDS, LARGEST_LOG_ODDS))
    raised = graph.op("Where", [graph.op("Less", [log_odds, low]), low, log_odds])
    return graph.op("Where", [graph.op("Greater", [raised, high]), high, raised])


def add_pd(graph: GraphBuilder, log_odds: str) -> str:
    """1 / (1 + exp(-log_odds)) as the output `pd`."""
    exponential = graph.op("Exp", [graph.op("Neg", [log_odds])])
    one = graph.constant(np.array(1.0))
    return graph.op("Div", [one, graph.op("Add", [one, exponential])], output="pd")
