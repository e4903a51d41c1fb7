"""Lines by the compiled library: byte for byte what msgspec writes."""

import json
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serving.journal.answers import NOON, SCHEMA, VERSION, batch, category, number

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.native.library import Library, library
from kingmaker.bundle.scorer import Scores
from kingmaker.serving.journal.encoding import Encoding
from kingmaker.serving.journal.entry import Batch

found = library()
pytestmark = pytest.mark.skipif(
    found is None or found.write is None, reason="the package was built without a C compiler"
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
doubles = (
    st.floats()
    | st.integers(-(10**9), 10**9).map(lambda whole: whole / 10**4)
    | st.integers(-(2**60), 2**60).map(float)
)


def both(schema: InputSchema, batches: Sequence[Batch], first: int = 0) -> tuple[bytes, bytes]:
    """As the library writes, and as msgspec does."""
    compiled = Encoding(schema, "till-1", "b00t")
    plain = Encoding(schema, "till-1", "b00t", compiled=Library(None, 32))
    assert (compiled.is_compiled, plain.is_compiled) == (True, False)
    (ours, count), (theirs, same_count) = compiled.encoded(batches, first), plain.encoded(batches, first)
    assert count == same_count
    return ours, theirs


def numbers_batch(values: Sequence[float]) -> tuple[InputSchema, Batch]:
    rows = np.array(values, dtype=np.float64).reshape(-1, 1)
    schema = InputSchema(fields=(number("x"),))
    made = msgspec.structs.replace(
        batch(len(rows)), schema=schema, num=rows, cat=None, ids=[None] * len(rows), version=VERSION
    )
    return schema, made


def test_lines_of_several_batches_are_the_same() -> None:
    ours, theirs = both(SCHEMA, [batch(2), batch(0), batch(3, first=2, role="canary", at=NOON + 0.25)], first=998)
    assert ours == theirs
    assert [json.loads(line)["entry"] for line in ours.splitlines()] == [f"b00t-{998 + row}" for row in range(5)]


@settings(deadline=None, max_examples=300)
@given(values=st.lists(doubles, min_size=1, max_size=20))
def test_every_double_is_written_alike(values: list[float]) -> None:
    schema, made = numbers_batch(values)
    ours, theirs = both(schema, [made])
    assert ours == theirs


def test_doubles_of_all_sizes_are_written_alike() -> None:
    draw = np.random.default_rng(3)
    powers = 10.0 ** np.arange(-323, 309)
    values = np.concatenate(
        [
            draw.integers(0, 2**64, 60_000, dtype=np.uint64).view(np.float64),
            draw.standard_normal(20_000).round(4),
            draw.integers(-(10**15), 10**15, 20_000) / 10.0 ** draw.integers(0, 9, 20_000),
            np.ldexp(1.0, np.arange(-1074, 1024)),
            powers,
            np.nextafter(powers, np.inf),
            np.nextafter(powers, 0),
            [0.0, -0.0, 5e-324, np.finfo(float).max, np.nan, np.inf, -np.inf, 999999999.9999999, 1e9, 0.00001, 9.5e-6],
        ]
    )
    schema, made = numbers_batch(values.tolist())
    ours, theirs = both(schema, [made])
    assert ours == theirs


@settings(deadline=None, max_examples=100)
@given(
    names=st.lists(texts, min_size=3, max_size=3, unique=True),
    rows=st.lists(
        st.tuples(st.none() | texts, doubles, texts, texts, st.booleans(), st.integers(-999, 999)), max_size=6
    ),
    at=st.floats(0, 4e9),
    key=texts,
)
def test_whatever_was_asked_and_answered_is_written_alike(
    names: list[str], rows: list[tuple[str | None, float, str, str, bool, int]], at: float, key: str
) -> None:
    schema = InputSchema(fields=(category(names[0]), number(names[1]), category(names[2])))
    made = Batch(
        at=at,
        role="champion",
        version=VERSION,
        schema=schema,
        ids=[row[0] for row in rows],
        num=np.array([[row[1]] for row in rows], dtype=np.float64).reshape(-1, 1),
        cat=np.array([[row[2], row[3]] for row in rows], dtype=object).reshape(-1, 2),
        scores=Scores(
            pd=np.linspace(0.1, 0.9, len(rows)),
            score=np.array([row[5] for row in rows], dtype=np.int64),
            grade=np.array([row[3] for row in rows], dtype=object),
            approved=np.array([row[4] for row in rows], dtype=np.bool_),
            margin=None,
            terms=None,
        ),
    )
    compiled, plain = Encoding(schema, key, key), Encoding(schema, key, key, compiled=Library(None, 32))
    assert compiled.encoded([made], 7) == plain.encoded([made], 7)


def test_a_row_longer_than_the_room_there_was_is_written_whole() -> None:
    long = msgspec.structs.replace(batch(2), ids=["x" * 100_000, None])
    ours, theirs = both(SCHEMA, [long, batch(1)])
    assert ours == theirs


def test_a_batch_whose_numbers_are_another_s_is_refused() -> None:
    narrow = msgspec.structs.replace(batch(2), num=np.zeros((2, 1)))
    with pytest.raises(ValueError, match="a line lacks one of its parts"):
        Encoding(SCHEMA, "till-1", "b00t").encoded([narrow], 0)
