"""The few numbers a committee asks for first, champion beside challenger."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kingmaker.domain.evidence import Evidence, ModelEvidence
from kingmaker.domain.verdict import Comparison, Verdict
from kingmaker.interfaces.report.facts import ReportFacts
from kingmaker.interfaces.report.wording import (
    ABSENT,
    area,
    chance,
    exact_rate,
    fine,
    money,
    number,
    percentage_points,
    rate,
    signed,
)

Write = Callable[[float | None], str]
NORMAL_95 = 1.96
_PLUS_MINUS = "\u202f\u00b1\u202f"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One measure. `word` says the sign of the difference, or that chance explains it; `mark` is set only beyond chance.

    Both are `better` or `worse` (the word also `within chance`), or empty where there is nothing to compare.
    """

    name: str
    champion: str
    challenger: str
    difference: str
    p_value: str
    word: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    name: str
    codes: tuple[str, ...]
    read: Callable[[ModelEvidence], float | None]
    write: Write
    write_difference: Write
    higher_is_better: bool
    spread: Callable[[ModelEvidence], float | None] = lambda _: None
    only_compared: bool = False
    """Left out where the verdict compares nothing by it: no model has it alone."""


def key_figures(facts: ReportFacts) -> tuple[KeyFigure, ...]:
    """Empty without evidence. A comparison of the verdict, being like for like, goes before the models' own numbers."""
    evidence = facts.evidence
    if evidence is None or (evidence.champion is None and evidence.challenger is None):
        return ()
    return tuple(
        _figure(measure, evidence, facts.verdict)
        for measure in _measures(facts, evidence)
        if not measure.only_compared or _compared(measure, evidence, facts.verdict)
    )


def measure_writers(measure: str) -> tuple[Write, Write]:
    """How a comparison's values and its difference are written, by the name of its measure."""
    words = measure.lower().replace(" ", "_")
    if words == "expected_profit":  # of each unit of money asked for
        return exact_rate, percentage_points
    if words == "brier":
        return fine, fine
    if any(word in words for word in ("amount", "money", "profit", "cost", "loss")):
        return money, money
    if any(word in words for word in ("rate", "kill", "approval", "share", "caught")):
        return rate, percentage_points
    if any(word in words for word in ("auc", "ks", "gini", "h_measure")):
        return area, area
    return number, number


def _measures(facts: ReportFacts, evidence: Evidence) -> Iterator[_Measure]:
    model = evidence.challenger or evidence.champion
    approved = rate(model.at_cut.approval_rate) if model else ABSENT
    yield _Measure(
        name="AUC",
        codes=("auc",),
        read=lambda model: model.auc,
        write=area,
        write_difference=area,
        higher_is_better=True,
        spread=lambda model: model.auc_standard_error,
    )
    yield _Measure(
        name="KS", codes=("ks",), read=lambda model: model.ks, write=area, write_difference=area, higher_is_better=True
    )
    yield _Measure(
        name=f"False kill at {approved} approved",
        codes=("false_kill",),
        read=lambda model: model.at_cut.false_kill,
        write=rate,
        write_difference=percentage_points,
        higher_is_better=False,
    )
    yield _Measure(
        name="Bad rate at the cut",
        codes=("bad_rate", "bad_rate_at_cut"),
        read=lambda model: model.at_cut.bad_rate,
        write=rate,
        write_difference=percentage_points,
        higher_is_better=False,
    )
    yield _Measure(
        name="Approval at one bad rate",
        codes=("approval_at_bad_rate",),
        read=lambda _: None,
        write=rate,
        write_difference=percentage_points,
        higher_is_better=True,
        only_compared=True,
    )
    yield _Measure(
        name="Brier score",
        codes=("brier",),
        read=lambda model: model.brier,
        write=fine,
        write_difference=fine,
        higher_is_better=False,
    )
    yield from _of_money(facts)


def _of_money(facts: ReportFacts) -> Iterator[_Measure]:
    unit = f" ({facts.amount_column})" if facts.amount_column else ""
    yield _Measure(
        name=f"Good lending turned away{unit}",
        codes=("false_kill_amount",),
        read=lambda model: model.false_kill_amount,
        write=money,
        write_difference=money,
        higher_is_better=False,
    )
    yield _Measure(
        name=f"Profit at the cut{unit}",
        codes=("profit_at_cut",),
        read=lambda model: model.profit_at_cut,
        write=money,
        write_difference=money,
        higher_is_better=True,
    )
    yield _Measure(
        name="Profit of each unit asked for",
        codes=("expected_profit",),
        read=lambda _: None,
        write=exact_rate,
        write_difference=percentage_points,
        higher_is_better=True,
        only_compared=True,
    )


def _figure(measure: _Measure, evidence: Evidence, verdict: Verdict | None) -> KeyFigure:
    compared = _compared(measure, evidence, verdict)
    champion = compared.champion if compared else _read(measure, evidence.champion)
    challenger = compared.challenger if compared else _read(measure, evidence.challenger)
    difference = compared.difference if compared else None
    if difference is None and champion is not None and challenger is not None:
        difference = challenger - champion
    error = compared.standard_error if compared else None
    direction = _direction(measure, difference)
    return KeyFigure(
        name=measure.name,
        champion=_with_spread(measure, champion, evidence.champion),
        challenger=_with_spread(measure, challenger, evidence.challenger),
        difference=difference_text(measure.write_difference, difference, error),
        p_value=chance(compared.p_value) if compared and compared.p_value is not None else "",
        word=_word(direction, difference, error),
        mark=direction if _beyond_chance(difference, error) else "",
    )


def difference_text(write: Write, difference: float | None, standard_error: float | None) -> str:
    """`+.008 ± .002`, the error being one standard error; a dash where there is nothing to compare with."""
    text = signed(write(difference))
    if text == ABSENT or standard_error is None:
        return text
    unitless = text.removesuffix("\u202fpp")
    unit = text[len(unitless) :]
    return f"{unitless}{_PLUS_MINUS}{write(standard_error).removesuffix(unit)}{unit}"


def _compared(measure: _Measure, evidence: Evidence, verdict: Verdict | None) -> Comparison | None:
    found = verdict.comparisons if verdict else ()
    return next(
        (
            comparison
            for comparison in found
            if comparison.window == evidence.window and comparison.measure.lower().replace(" ", "_") in measure.codes
        ),
        None,
    )


def _read(measure: _Measure, model: ModelEvidence | None) -> float | None:
    return None if model is None else measure.read(model)


def _with_spread(measure: _Measure, value: float | None, model: ModelEvidence | None) -> str:
    spread = None if model is None else measure.spread(model)
    text = measure.write(value)
    return text if spread is None or text == ABSENT else f"{text}{_PLUS_MINUS}{measure.write(spread)}"


def _direction(measure: _Measure, difference: float | None) -> str:
    if not difference:
        return ""
    return "better" if (difference > 0) is measure.higher_is_better else "worse"


def _beyond_chance(difference: float | None, standard_error: float | None) -> bool:
    """Without a standard error nothing can be said to be beyond chance."""
    return difference is not None and standard_error is not None and abs(difference) > NORMAL_95 * standard_error


def _word(direction: str, difference: float | None, standard_error: float | None) -> str:
    if direction and standard_error is not None and not _beyond_chance(difference, standard_error):
        return "within chance"
    return direction
