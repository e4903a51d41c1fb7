"""Multiplication that onnxruntime's optimiser leaves alone."""

import numpy as np
from numpy.typing import NDArray

from kingmaker.graph.builder import GraphBuilder


def add_product(graph: GraphBuilder, values: str, factors: NDArray[np.float64]) -> str:
    """`values` times `factors`, exact in double.

    The runtime drops a multiplication by a single constant that is 1 in single precision, though it may differ from 1 by
    6e-8 in double. Such a factor is negated, and the product turned back: a sign never rounds and never overflows.
    """
    looks_like_one = factors.size == 1 and 0.0 < abs(float(factors.ravel()[0]) - 1.0) < 1e-6
    if not looks_like_one:
        return graph.op("Mul", [values, graph.constant(factors)])
    negated = graph.op("Mul", [values, graph.constant(-factors)])
    return graph.op("Mul", [negated, graph.constant(np.array(-1.0))])
