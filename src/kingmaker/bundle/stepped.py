"""A graph that the compiled library answers from raw values to grades in one call, without onnxruntime."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.numpy_helper import to_array

from kingmaker.bundle.native.columns import Columns, Tensor
from kingmaker.bundle.native.compiling import Compiler
from kingmaker.bundle.native.cut import CutGraph
from kingmaker.bundle.native.encoders import Encoder, Texts, encoders_of
from kingmaker.bundle.native.forest import Floats, NotWalkable
from kingmaker.bundle.native.library import Library
from kingmaker.bundle.native.packing import PackedTrees
from kingmaker.bundle.native.program import Program, Trees
from kingmaker.bundle.native.slab import Slab

OUTPUTS = ("pd", "score", "grade", "approved", "margin")


class SteppedGraph:
    """Answers what the whole graph's session would, bit for bit. Safe for several threads."""

    def __init__(self, program: Program, encoders: tuple[Encoder, ...], grades: tuple[str, ...]) -> None:
        self._program = program
        self._encoders = encoders
        self.grades = grades
        self._grade_names = np.array(grades, dtype=object)

    @property
    def reads_texts(self) -> bool:
        return bool(self._encoders)

    def answers(self, values: int, rows: int, slab: Slab) -> Floats:
        """[5, N] for N rows of numbers that begin at `values`: pd, score, the grade's place among `grades`, approved as 1 or 0,
        margin. The numbers are as many as `width` says.
        """
        answers, address = slab.take(self._program.outputs, rows)
        self._program.run_at(values, rows, address)
        return answers

    @property
    def width(self) -> int:
        """Numbers of a row."""
        return self._program.width

    def run(self, names: list[str], feed: Mapping[str, Any]) -> list[Any]:
        """The graph's outputs of these names, for its inputs."""
        found = self.told(self._program.run(raw_values(feed.get("num"), feed.get("cat"), self._encoders)))
        return [found[name] for name in names]

    def told(self, answers: Floats) -> dict[str, NDArray[Any]]:
        """Each output of the graph, from what `answers` gave."""
        pd, score, place, approved, margin = answers
        return {
            "pd": pd,
            "score": score.astype(np.int64),
            "grade": self._grade_names.take(place.astype(np.intp)),
            "approved": approved.astype(np.bool_),
            "margin": margin,
        }


def raw_values(num: Floats | None, cat: Texts | None, encoders: tuple[Encoder, ...]) -> Floats:
    """The rows that a program reads: numbers, then a number for each text that is encoded."""
    if not encoders:
        assert num is not None, "a graph without texts reads numbers"
        return num
    assert cat is not None, "texts are encoded"
    codes = np.array([encoder.codes(cat) for encoder in encoders], dtype=np.float64).T
    return codes if num is None else np.concatenate([num, codes], axis=1)


class Steps:
    """The parts of a cut graph as programs. Raises NotWalkable where a part does what steps do not."""

    def __init__(self, cut: CutGraph, packed: PackedTrees, library: Library) -> None:
        self._library = library
        self._packed = packed
        self._cut = cut
        self._before = onnx.load_model_from_string(cut.before).graph
        self._after = onnx.load_model_from_string(cut.after).graph
        self.numbers = next((_width(one) for one in self._before.input if one.name == "num"), 0)
        self.encoders = encoders_of(self._before, "cat")
        if not self._raw_width:
            raise NotWalkable("no raw value is read")

    @property
    def constants(self) -> Floats:
        """Every number that either part compares or computes with."""
        graphs = (self._before, self._after)
        arrays = [to_array(one).ravel() for graph in graphs for one in graph.initializer]
        return np.concatenate([array.astype(np.float64) for array in arrays if array.dtype != object])

    def preparing(self) -> Program:
        """From raw values to what the trees read."""
        columns, known = self._raw()
        values = Compiler(self._before, columns, known).tensor(self._cut.values)
        return Program(self._library, columns, self._raw_width, values.columns)

    def answering(self) -> tuple[Program, tuple[str, ...]]:
        """From the trees' sums to the answers, and the names of the grades."""
        columns = Columns()
        sums = Tensor(columns.taken(1), "double", is_matrix=True)
        outputs, grades = self._answers(columns, sums)
        return Program(self._library, columns, 1, outputs), grades

    def whole(self) -> SteppedGraph:
        columns, known = self._raw()
        values = Compiler(self._before, columns, known).tensor(self._cut.values)
        if not values.is_matrix or values.kind != "double" or self._packed.width > len(values.columns):
            raise NotWalkable("the trees read something else")
        sums = columns.taken(1)
        trees = Trees(self._packed, values.columns, sums[0], len(columns.steps))
        outputs, grades = self._answers(columns, Tensor(sums, "double", is_matrix=True))
        program = Program(self._library, columns, self._raw_width, outputs, trees)
        return SteppedGraph(program, self.encoders, grades)

    @property
    def _raw_width(self) -> int:
        return self.numbers + len(self.encoders)

    def _raw(self) -> tuple[Columns, dict[str, Tensor]]:
        columns = Columns()
        known = {"num": Tensor(columns.taken(self.numbers), "double", is_matrix=True)} if self.numbers else {}
        for encoder in self.encoders:
            known[encoder.output] = Tensor(columns.taken(1), "double", is_matrix=True)
        return columns, known

    def _answers(self, columns: Columns, sums: Tensor) -> tuple[list[int], tuple[str, ...]]:
        compiler = Compiler(self._after, columns, {self._cut.sums: sums})
        tensors = {name: compiler.tensor(name) for name in OUTPUTS}
        kinds = tuple((one.kind, one.is_matrix) for one in tensors.values())
        if kinds != tuple((kind, False) for kind in ("double", "whole", "text", "truth", "double")):
            raise NotWalkable("an answer is of another kind")
        return [one.columns[0] for one in tensors.values()], compiler.names["grade"]


def _width(value: onnx.ValueInfoProto) -> int:
    dims = value.type.tensor_type.shape.dim
    if len(dims) != 2 or dims[1].dim_value < 1:
        raise NotWalkable("the numbers are a matrix of unknown width")
    return int(dims[1].dim_value)
