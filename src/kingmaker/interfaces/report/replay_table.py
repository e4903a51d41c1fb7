"""The policies beside each other: one row a policy, one column a measure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kingmaker.interfaces.report.replay_facts import baseline_of
from kingmaker.interfaces.report.wording import (
    ABSENT,
    area,
    count,
    exact_rate,
    money,
    percent,
    percentage_points,
    rate,
    signed,
)
from kingmaker.loop.replaying.result import PolicyResult, ReplayResult

SAME = "the same"

Write = Callable[[float | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure; `below` is its difference to the baseline or what belongs to it, empty where there is none."""

    text: str
    below: str = ""
    is_best: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One measure of every policy, in their order. `wanted` is an arrow the way that is better, empty where neither is.

    `measure` is what it is known by, whatever language its name is told in.
    """

    measure: str
    name: str
    wanted: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    measure: str
    name: str
    read: Callable[[PolicyResult], float | None]
    write: Write
    write_difference: Write
    higher_is_better: bool = False


def policy_columns(result: ReplayResult) -> tuple[Column, ...]:
    """Every column; money only where the pipeline declares amounts."""
    return (
        *(_column(measure, result) for measure in _measures(result)),
        _counted("promotions", "Promotions", [one.promotions for one in result.policies]),
        Column(
            measure="worse", name="Worse in hindsight", wanted="", cells=tuple(_worse(one) for one in result.policies)
        ),
        _counted("held", "Held for a person", [one.holds for one in result.policies]),
        _counted("refused", "Dates refused", [one.refusals for one in result.policies]),
    )


def _counted(measure: str, name: str, numbers: Sequence[int]) -> Column:
    return Column(measure=measure, name=name, wanted="", cells=tuple(Cell(text=count(number)) for number in numbers))


def _measures(result: ReplayResult) -> Iterator[_Measure]:
    yield _Measure(
        measure="auc",
        name="AUC",
        read=lambda one: one.by_bads.auc,
        write=area,
        write_difference=area,
        higher_is_better=True,
    )
    yield _Measure(
        measure="auc_by_period",
        name="AUC, plain mean",
        read=lambda one: one.by_period.auc,
        write=area,
        write_difference=area,
        higher_is_better=True,
    )
    yield _Measure(
        measure="false_kill",
        name="False kill",
        read=lambda one: one.by_bads.false_kill,
        write=exact_rate,
        write_difference=percentage_points,
    )
    yield _Measure(
        measure="bad_rate",
        name=f"Bad rate of the {percent(result.approval_rate)} approved",
        read=lambda one: one.by_bads.bad_rate,
        write=exact_rate,
        write_difference=percentage_points,
    )
    yield _Measure(
        measure="calibration",
        name="Error of the mean pd",
        read=lambda one: one.by_bads.calibration_error,
        write=rate,
        write_difference=percentage_points,
    )
    if result.amount:
        yield _Measure(
            measure="profit",
            name=f"Profit ({result.amount})",
            read=lambda one: one.profit,
            write=money,
            write_difference=money,
            higher_is_better=True,
        )
    yield _Measure(
        measure="regret",
        name="Regret of false kill",
        read=lambda one: one.by_bads.regret,
        write=percentage_points,
        write_difference=percentage_points,
    )


def _column(measure: _Measure, result: ReplayResult) -> Column:
    values = [measure.read(policy) for policy in result.policies]
    texts = [measure.write(value) for value in values]
    best = _best(values, texts, higher=measure.higher_is_better)
    baseline = baseline_of(result)
    base = measure.read(baseline) if baseline else None
    return Column(
        measure=measure.measure,
        name=measure.name,
        wanted="\u2191 better" if measure.higher_is_better else "\u2193 better",
        cells=tuple(
            Cell(
                text=text,
                below="" if policy is baseline else _difference(measure, value, base),
                is_best=text == best,
            )
            for policy, value, text in zip(result.policies, values, texts, strict=True)
        ),
    )


def _best(values: Sequence[float | None], texts: Sequence[str], *, higher: bool) -> str | None:
    """The best as it is written, so that what reads the same is marked the same; None where there is no choice."""
    known = [(value, text) for value, text in zip(values, texts, strict=True) if value is not None]
    if len({text for _, text in known}) < 2:
        return None
    return max(known, key=lambda entry: entry[0] if higher else -entry[0])[1]


def _difference(measure: _Measure, value: float | None, base: float | None) -> str:
    if value is None or base is None:
        return ""
    return SAME if value == base else signed(measure.write_difference(value - base))


def _worse(policy: PolicyResult) -> Cell:
    if not policy.judged:
        return Cell(text=ABSENT)
    return Cell(
        text=f"{count(policy.worse)} of {count(policy.judged)}",
        below=f"{count(policy.clearly_worse) if policy.clearly_worse else 'none'} clearly",
    )
