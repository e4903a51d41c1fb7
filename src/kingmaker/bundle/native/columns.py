"""A part of a graph followed column by column: what each tensor's columns are, as steps that the library takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import NotWalkable

Kind = Literal["double", "single", "truth", "whole", "text"]


class Act(IntEnum):
    """What a step does; steps.c says the same numbers."""

    LESS = 0
    GREATER = 1
    EQUAL = 2
    AND = 3
    NOT = 4
    IS_MISSING = 5
    IS_INFINITE = 6
    WHERE = 7
    ADD = 8
    SUBTRACT = 9
    MULTIPLY = 10
    DIVIDE = 11
    NEGATE = 12
    EXPONENTIAL = 13
    ROUND = 14
    TRUNCATE = 15
    TO_SINGLE = 16


@dataclass(frozen=True, slots=True)
class Tensor:
    """`columns` name columns of the room, or constants below 0. A matrix is [rows, columns], what is none is [rows].

    `is_constant`: the same for every row, and for a column alone without a shape of its own.
    """

    columns: tuple[int, ...]
    kind: Kind
    is_matrix: bool = False
    is_constant: bool = False


@dataclass(slots=True)
class Columns:
    """The columns that there are, the steps that make them, and the constants. Not safe for several threads."""

    used: int = 0
    steps: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    constants: dict[bytes, int] = field(default_factory=dict)

    def taken(self, number: int) -> tuple[int, ...]:
        """So many new columns."""
        self.used += number
        return tuple(range(self.used - number, self.used))

    def constant(self, value: float) -> int:
        """The column of a constant: one for each value, told apart bit by bit."""
        return self.constants.setdefault(np.float64(value).tobytes(), -1 - len(self.constants))

    def values(self) -> NDArray[np.float64]:
        """All constants in order."""
        return np.frombuffer(b"".join(self.constants), dtype=np.float64)

    def step(self, act: Act, *operands: int) -> int:
        """The new column that a step makes of others. What a constant truth decides takes none."""
        decided = self._decided(act, operands)
        if decided is not None:
            return decided
        (result,) = self.taken(1)
        first, second, third = (*operands, *operands[:1] * 3)[:3]
        self.steps.append((act, first, second, third, result))
        return result

    def each(self, act: Act, *tensors: Tensor, kind: Kind) -> Tensor:
        """The step for every column of tensors that are alike, or of one column each. Raises NotWalkable for other shapes."""
        shaped = [one for one in tensors if not one.is_constant or one.is_matrix]
        if len({one.is_matrix for one in shaped}) > 1:
            raise NotWalkable("a matrix meets a vector")
        width = max(len(one.columns) for one in tensors)
        if any(len(one.columns) not in {1, width} for one in tensors):
            raise NotWalkable("matrices of different widths meet")
        spread = [one.columns if len(one.columns) == width else one.columns * width for one in tensors]
        made = tuple(self.step(act, *operands) for operands in zip(*spread, strict=True))
        return Tensor(made, kind, is_matrix=any(one.is_matrix for one in shaped))

    def total(self, tensor: Tensor) -> Tensor:
        """The sum of a matrix's columns, of whole numbers, so that their order is all the same."""
        total = tensor.columns[0]
        for column in tensor.columns[1:]:
            total = self.step(Act.ADD, total, column)
        return Tensor((total,), tensor.kind)

    def _decided(self, act: Act, operands: Sequence[int]) -> int | None:
        true = self.constants.get(np.float64(1.0).tobytes())
        false = self.constants.get(np.float64(0.0).tobytes())
        if act is Act.AND and operands[1] in {true, false} - {None}:
            return operands[0] if operands[1] == true else operands[1]
        if act is Act.WHERE and operands[0] in {true, false} - {None}:
            return operands[1] if operands[0] == true else operands[2]
        return None


def joined(tensors: Iterable[Tensor]) -> Tensor:
    """Matrices side by side."""
    parts = list(tensors)
    if not all(part.is_matrix for part in parts) or len({part.kind for part in parts}) != 1:
        raise NotWalkable("what is joined are not matrices of one kind")
    return Tensor(tuple(column for part in parts for column in part.columns), parts[0].kind, is_matrix=True)
