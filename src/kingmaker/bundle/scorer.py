"""The scorer: onnxruntime over one graph, set up so that a row's answer never depends on its neighbours."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kingmaker.bundle.sessions import even_rows, session_of
from kingmaker.bundle.stepped import SteppedGraph
from kingmaker.bundle.stepping import stepped_graph
from kingmaker.bundle.walked import walked_graph
from kingmaker.domain.errors import BundleRefused

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Texts = NDArray[np.object_]
Booleans = NDArray[np.bool_]

BLOCK = 8_192
"""Rows that one thread scores together."""

_REQUIRED = ("pd", "score", "grade", "approved")
_OPTIONAL = ("margin", "terms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The graph's answers, [N] each; `terms` is [N, terms], None where the graph has no such output."""

    pd: Floats
    score: Integers
    grade: Texts
    approved: Booleans
    margin: Floats | None
    terms: Floats | None

    @classmethod
    def none(cls) -> "Scores":
        """The scores of no rows."""
        empty = np.empty(0)
        return cls(
            pd=empty,
            score=empty.astype(np.int64),
            grade=empty.astype(object),
            approved=empty.astype(np.bool_),
            margin=None,
            terms=None,
        )

    @classmethod
    def joined(cls, parts: Sequence["Scores"]) -> "Scores":
        """The scores of rows in several parts, at least one, of one graph."""
        if len(parts) == 1:
            return parts[0]
        margins = [part.margin for part in parts if part.margin is not None]
        terms = [part.terms for part in parts if part.terms is not None]
        return cls(
            pd=np.concatenate([part.pd for part in parts]),
            score=np.concatenate([part.score for part in parts]),
            grade=np.concatenate([part.grade for part in parts]),
            approved=np.concatenate([part.approved for part in parts]),
            margin=np.concatenate(margins) if margins else None,
            terms=np.concatenate(terms) if terms else None,
        )


class Scorer:
    """Scores rows with one graph. Safe for several threads, each of which does its own rows.

    With `threads` above 1 a call scores so many blocks of rows at once. Each block is one thread's, so that sums run in one
    order and a row's answer is the same bits on every machine; onnxruntime's own threads would share out the trees instead.
    """

    def __init__(self, model: bytes, threads: int = 1, *, walked: bool = False) -> None:
        """With `walked`, trees are walked by the compiled library where there is one: many rows sooner, the same bits.

        Raises BundleRefused when the runtime cannot load the graph, or the graph lacks an output.
        """
        try:
            self._session = session_of(model)
        except Exception as error:  # onnxruntime raises a dozen unrelated classes
            raise BundleRefused(
                f"onnxruntime {onnxruntime.__version__} cannot load the graph: {str(error).strip().splitlines()[0]}",
                remedy="Install onnxruntime 1.21 or newer; if it is, publish the version again.",
            ) from error
        self._threads = threads
        self._widths = {node.name: _width(node.shape) for node in self._session.get_inputs()}
        offered = {node.name for node in self._session.get_outputs()}
        absent = [name for name in _REQUIRED if name not in offered]
        if absent or not set(self._widths) <= {"num", "cat"} or not self._widths:
            raise BundleRefused(
                f"the graph reads {sorted(self._widths)} and answers {sorted(offered)}, which is not a bundle's contract",
                remedy="It reads `num` and `cat` and answers pd, score, grade and approved: publish the version again.",
            )
        self._outputs = [*_REQUIRED, *(name for name in _OPTIONAL if name in offered)]
        self._columns = [name for name in self._outputs if name != "terms"]
        self._walked = walked_graph(model) if walked else None
        self._stepped = stepped_graph(self._walked) if self._walked else None

    @property
    def has_terms(self) -> bool:
        """Whether the graph tells what each of its terms adds to the margin."""
        return "terms" in self._outputs

    @property
    def is_walked(self) -> bool:
        """Whether the compiled library walks the graph's trees."""
        return self._walked is not None

    @property
    def stepped(self) -> SteppedGraph | None:
        """The same answers from the compiled library alone; None where onnxruntime has a part in them."""
        return self._stepped

    def score(self, num: Floats | None, cat: Texts | None, *, terms: bool = True) -> Scores:
        """Score N rows. `num` is [N, k] double (NaN = missing), `cat` is [N, m] of str ("" = missing); None where k or m is 0.

        `terms` False leaves the terms out, which saves time. Raises BundleRefused for a matrix of the wrong width.
        """
        rows, feed = self._feed({"num": num, "cat": cat})
        names = self._outputs if terms else self._columns
        answers = dict(zip(names, self._in_blocks(names, feed, rows), strict=True))
        found = answers.pop("terms", None)
        columns = {name: answer if answer.ndim == 1 else answer.reshape(-1) for name, answer in answers.items()}
        return Scores(**{"margin": None, **columns}, terms=found)

    def _in_blocks(self, names: list[str], feed: dict[str, Floats | Texts], rows: int) -> list[Any]:
        if self._threads == 1 or rows <= BLOCK:
            return self._run(names, feed)
        blocks = [
            {name: matrix[start : start + BLOCK] for name, matrix in feed.items()} for start in range(0, rows, BLOCK)
        ]
        with ThreadPoolExecutor(self._threads) as pool:
            parts = list(pool.map(partial(self._run, names), blocks))
        return [np.concatenate(answers) for answers in zip(*parts, strict=True)]

    def _run(self, names: list[str], feed: dict[str, Floats | Texts]) -> list[Any]:
        if self._stepped is not None:
            return self._stepped.run(names, feed)
        graph = self._walked or self._session
        rows = len(next(iter(feed.values())))
        if rows % 2 == 0:
            return list(graph.run(names, feed))
        return [
            answer[:rows] for answer in graph.run(names, {name: even_rows(matrix) for name, matrix in feed.items()})
        ]

    def _feed(self, matrices: dict[str, Floats | Texts | None]) -> tuple[int, dict[str, Floats | Texts]]:
        feed: dict[str, Floats | Texts] = {}
        rows = -1
        for name, width in self._widths.items():
            matrix = matrices[name]
            if (
                matrix is None
                or matrix.ndim != 2
                or matrix.shape[1] != (width or matrix.shape[1])
                or rows not in {-1, len(matrix)}
            ):
                shape = None if matrix is None else matrix.shape
                raise BundleRefused(
                    f"the graph's input `{name}` is [rows, {width}], and was given {shape}",
                    remedy="Build the matrices from the bundle's own schema.",
                )
            feed[name] = matrix
            rows = len(matrix)
        return rows, feed


def _width(shape: list[int | str | None]) -> int | None:
    width = shape[1] if len(shape) == 2 else None
    return width if isinstance(width, int) else None
