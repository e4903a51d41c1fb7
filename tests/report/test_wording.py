"""Numbers are written with their unit and with as many digits as mean something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.interfaces.report import wording
from kingmaker.interfaces.report.drawing.scale import number_axis, time_axis

THIN = "\u202f"


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (wording.area, 0.7123, ".712"),
        (wording.area, 1.0, "1.000"),
        (wording.area, -0.004, "\u2212.004"),
        (wording.rate, 0.2131, f"21.3{THIN}%"),
        (wording.rate, 0.0034, f"0.34{THIN}%"),
        (wording.rate, 0.0, f"0.0{THIN}%"),
        (wording.percentage_points, -0.0038, f"\u22120.38{THIN}pp"),
        (wording.count, 1234567, "1,234,567"),
        (wording.money, 1_234_567, f"1.23{THIN}M"),
        (wording.money, 999_960, f"1.00{THIN}M"),
        (wording.money, 73_600, f"73.6{THIN}k"),
        (wording.money, 8_400, "8,400"),
        (wording.number, 0.3, ".30"),
        (wording.number, 0.00096, ".00096"),
        (wording.number, 3.1e-7, "3.1e\u22127"),
        (wording.number, 1e-5, "1e\u22125"),
        (wording.number, 4.0, "4"),
        (wording.number, 0.0, "0"),
        (wording.chance, 0.00002, f"<{THIN}.0001"),
        (wording.duration, 12.34, f"12.3{THIN}s"),
        (wording.duration, 200, f"3{THIN}min 20{THIN}s"),
        (wording.duration, 3900, f"1{THIN}h 05{THIN}min"),
        (wording.fewer, 1234.4, "1,234 fewer"),
        (wording.fewer, -3.0, "3 more"),
        (wording.fewer, -0.3, "as many"),
        (wording.times, 1.0, "as bad as measured"),
        (wording.times, 1.5, "1.5 times as bad"),
        (wording.times, 2.0, "2 times as bad"),
    ],
)
def test_a_number_is_written(write, value, text):
    assert write(value) == text


@pytest.mark.parametrize(
    "write",
    [
        wording.area,
        wording.rate,
        wording.count,
        wording.money,
        wording.number,
        wording.chance,
        wording.duration,
        wording.fewer,
    ],
)
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_absent_is_a_dash(write, value):
    assert write(value) == wording.ABSENT


def test_a_difference_says_its_direction():
    assert wording.signed(wording.area(0.008)) == "+.008"
    assert wording.signed(wording.area(-0.008)) == "\u2212.008"
    assert wording.signed(wording.area(None)) == wording.ABSENT


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_an_axis_holds_every_value_between_a_handful_of_ticks(values):
    axis = number_axis("x", values)
    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low - slack <= min(values)
    assert max(values) <= axis.high + slack
    assert 2 <= len(axis.ticks) <= 9


@given(st.dates(), st.dates())
def test_ticks_of_time_stay_inside_the_axis_and_few(one, other):
    axis = time_axis("t", min(one, other), max(one, other))
    assert all(axis.low <= tick.value <= axis.high for tick in axis.ticks)
    assert axis.low < axis.high


def test_neighbouring_ticks_have_different_labels():
    labels = [tick.label for tick in number_axis("x", [0.70, 0.71]).ticks]
    assert len(set(labels)) == len(labels)
