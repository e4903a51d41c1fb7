"""Declared columns, classes, volume and bad rate: what stops a run, and what only warns."""

from datetime import date

from kingmaker.cohort.data_check import check_against_last, check_windows
from kingmaker.cohort.declared_check import check_declared
from kingmaker.domain.snapshot import ColumnKind, Feature, Severity, Snapshot, Window, WindowBasis, WindowCount
from kingmaker.pipeline.declaration import Gates


def counted(rows: int, bads: int, **other: tuple[int, int]) -> tuple[WindowCount, ...]:
    """All five windows with these counts, but for the ones named; recent is empty."""
    sizes = {window.value: (rows, bads) for window in Window} | {"recent": (0, 0)} | other
    return tuple(
        WindowCount(window=Window(name), rows=size[0], bads=size[1], first=None, last=None)
        for name, size in sizes.items()
    )


def snapshot(windows: tuple[WindowCount, ...]) -> Snapshot:
    return Snapshot(
        digest="0" * 64,
        parts=(),
        as_of=date(2020, 1, 1),
        rows=0,
        basis=WindowBasis.DATE,
        windows=windows,
        exclusions=(),
        features=(),
        left_out=(),
        findings=(),
    )


COLUMNS = ["loan", "applied", "gone", "income"]


def test_every_unknown_column_is_told_with_where_it_was_declared_and_the_nearest(declare) -> None:
    pipeline = declare(amount="amuont", features={"forbid": ["incom"], "monotone": {"age": "up"}})
    sentences = {finding.column: (finding.sentence, finding.remedy) for finding in check_declared(COLUMNS, pipeline)}
    assert sentences["incom"] == (
        "`features.forbid` names `incom`, which is not a column of the source",
        "The nearest column is `income`.",
    )
    assert sentences["age"][0] == "`features.monotone` names `age`, which is not a column of the source"
    assert sentences["amuont"][1] == "The columns are loan, applied, gone, income."
    assert len(sentences) == 3


def test_the_row_number_is_no_column(declare) -> None:
    assert check_declared(COLUMNS[1:], declare(id="row number")) == []


def test_a_feature_of_the_last_run_that_is_gone_is_refused(declare) -> None:
    last = (Feature(name="income", kind=ColumnKind.NUMBER), Feature(name="state", kind=ColumnKind.CATEGORY))
    (finding,) = check_declared(COLUMNS, declare(), last)
    assert finding.sentence == "`state` was a feature of the last run and is no longer a column of the source"
    assert finding.severity is Severity.REFUSAL


def test_a_column_both_wanted_and_forbidden_is_a_contradiction(declare) -> None:
    pipeline = declare(features={"forbid": ["income"], "monotone": {"income": "up"}})
    (finding,) = check_declared(COLUMNS, pipeline)
    assert finding.sentence == "`features` both asks for `income` and keeps it out"


def test_names_that_begin_with_an_underscore_are_kept_for_us(declare) -> None:
    (finding,) = check_declared([*COLUMNS, "_label"], declare())
    assert finding.check == "reserved_name"


def test_two_classes_in_every_window_are_fine() -> None:
    assert check_windows(counted(1000, 100), 100) == []


def test_no_matured_loan_at_all_is_refused() -> None:
    (finding,) = check_windows(counted(0, 0), 500)
    assert finding.sentence.startswith("no loan is matured: every performance window is still open")


def test_loans_of_one_class_are_refused() -> None:
    (finding,) = check_windows(counted(100, 0), 500)
    assert finding.sentence == "all 400 matured loans are good: there is nothing to tell apart"
    (finding,) = check_windows(counted(100, 100), 500)
    assert finding.sentence == "all 400 matured loans are bad: there is nothing to tell apart"


def test_one_window_of_one_class_is_named() -> None:
    sentences = [one.sentence for one in check_windows(counted(100, 50, train=(80, 80), calibration=(0, 0)), 30)]
    assert sentences == ["the train window holds no good loan", "the calibration window holds no loan at all"]


def test_few_bads_in_the_test_window_only_warn() -> None:
    (finding,) = check_windows(counted(1000, 90), 500)
    assert finding.severity is Severity.WARNING
    assert finding.sentence == "the test window holds 90 bads, fewer than the 500 that can prove an improvement"


def test_volume_like_the_last_run_is_no_finding() -> None:
    assert check_against_last(counted(1000, 100), snapshot(counted(1100, 110)), Gates()) == []
    assert check_against_last(counted(1000, 100), None, Gates()) == []


def test_a_jump_in_volume_is_told_with_its_size() -> None:
    (finding,) = check_against_last(counted(800, 80), snapshot(counted(2000, 200)), Gates())
    assert finding.sentence == "the judged loans changed by -60% since the last run, from 8,000 to 3,200"
    assert (finding.value, finding.limit) == (0.6, 0.50)


def test_a_jump_in_the_bad_rate_is_told_in_standard_errors() -> None:
    (finding,) = check_against_last(counted(1000, 150), snapshot(counted(1000, 100)), Gates())
    assert finding.check == "bad_rate"
    assert finding.sentence.startswith(
        "the bad rate moved from 10.00% to 15.00% since the last run, 7.5 standard errors"
    )
