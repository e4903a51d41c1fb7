"""Report facts around the plausible book: a run with its snapshot, trials, verdict and lineage."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from math import sin

from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.run import Request, Run, RunReason, Stage, StageRecord
from kingmaker.domain.snapshot import (
    ColumnKind,
    Exclusion,
    Feature,
    Finding,
    LeftOut,
    Severity,
    Snapshot,
    Window,
    WindowBasis,
    WindowCount,
)
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.domain.trial import Denoising, Fault, Imbalance, Trial, TrialEnd, TrialSpec
from kingmaker.domain.verdict import Comparison, Gate, GateOutcome, SwapCell, SwapStress, Verdict, VerdictReason
from kingmaker.interfaces.report.facts import LineageEntry, ReportFacts

from .books import evidence, feature_evidence

STARTED = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
CHAMPION = "9f31c0de77aa" + "0" * 52
DECLARATION = """\
pipeline: consumer-instalment
source:
  files: loans/*.parquet
id: application_id
customer: customer_id
applied_at: applied_on
outcome:
  observed_at: defaulted_on
  horizon: 24 months
  reporting_lag: 30 days
amount: amount_eur
features:
  protected: [sex, age_band]
policy:
  approval_rate: 0.70
  promote: proven
"""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def run() -> Run:
    request = Request(
        key="nightly-2026-07-01",
        pipeline="consumer-instalment",
        declaration=DECLARATION,
        declaration_digest=digest(DECLARATION),
        declared_in="pipelines/consumer-instalment.yaml",
        as_of=date(2026, 6, 30),
        requested_by="schedule",
    )
    return Run(
        number=184,
        request=request,
        reason=RunReason.VERDICT_REACHED,
        started_at=STARTED,
        ended_at=STARTED + timedelta(minutes=41, seconds=7),
    )


def snapshot() -> Snapshot:
    def window(name: Window, rows: int, bads: int, first: date, last: date) -> WindowCount:
        return WindowCount(window=name, rows=rows, bads=bads, first=first, last=last)

    return Snapshot(
        digest=digest("snapshot"),
        parts=(digest("part 1"), digest("part 2")),
        as_of=date(2026, 6, 30),
        rows=148_902,
        basis=WindowBasis.DATE,
        windows=(
            window(Window.TRAIN, 71_220, 5_902, date(2018, 1, 2), date(2020, 12, 30)),
            window(Window.CALIBRATION, 18_004, 1_530, date(2020, 12, 31), date(2021, 12, 29)),
            window(Window.SELECTION, 18_330, 1_611, date(2021, 12, 30), date(2022, 12, 30)),
            window(Window.TEST, 24_310, 2_104, date(2022, 12, 31), date(2024, 5, 29)),
            window(Window.RECENT, 17_038, 0, date(2026, 3, 31), date(2026, 6, 29)),
        ),
        exclusions=(
            Exclusion(reason="not_in_population", rows=12_411, sentence="Other products than instalment loans."),
            Exclusion(reason="duplicate_id", rows=37, sentence="The same application twice: the first was kept."),
            Exclusion(
                reason="not_matured", rows=61_204, sentence="The performance window of 24 months and 30 days is still open."
            ),
            Exclusion(reason="customer_in_later_window", rows=1_980, sentence="The customer also stands in a newer window."),
        ),
        features=tuple(Feature(name=feature.name, kind=ColumnKind.NUMBER) for feature in feature_evidence()),
        left_out=(
            LeftOut(column="application_id", reason="names the application"),
            LeftOut(column="charge_off_date", reason="a date after the application: known only after the decision"),
            LeftOut(column="recovered_amount", reason="alone it reaches AUC .98: known only after the decision"),
            LeftOut(column="sex", reason="protected: fairness reporting only"),
            LeftOut(column="age_band", reason="protected: fairness reporting only"),
            LeftOut(column="branch_comment", reason="free text: 61,733 different values"),
        ),
        findings=(
            Finding(
                check="single_column_auc", severity=Severity.WARNING, column="bureau_score", value=0.6812, limit=0.85,
                sentence="The strongest single column; well below what would look like a leak.",
            ),
            Finding(
                check="missing_share", severity=Severity.NOTE, column="months_since_last_delinquency", value=0.512, limit=None,
                sentence="Missing for half of the loans: mostly customers who never were delinquent.",
                remedy="Nothing to do: missing is a bin of its own.",
            ),
            Finding(
                check="volume", severity=Severity.NOTE, column=None, value=0.084, limit=0.3,
                sentence="Applications of the newest 28 days against the median of the quarters before.",
            ),
        ),
    )  # fmt: skip


def trial(number: int) -> Trial:
    learner = ("xgboost", "lightgbm", "scorecard", "ebm")[number % 4]
    end = {9: TrialEnd.OUT_OF_MEMORY, 14: TrialEnd.PRUNED, 21: TrialEnd.RAISED}.get(number, TrialEnd.FITTED)
    spec = TrialSpec(
        number=number,
        learner=learner,
        recipe="woe" if learner == "scorecard" else "plain",
        hyperparameters={
            "max_depth": 3 + number % 4,
            "eta": 0.02 + 0.01 * (number % 7),
            "subsample": 0.8,
            "min_child_weight": 40,
        },
        imbalance=Imbalance.WEIGHT if number % 3 == 0 else Imbalance.NONE,
        denoising=Denoising.NONE,
        seed=700 + number,
    )
    fitted = Trial(key=digest(f"trial {number}"), spec=spec, end=end, seconds=11.7 + 61 * abs(sin(number)))
    if end is not TrialEnd.FITTED:
        return fitted
    selection = 0.701 + 0.018 * sin(number * 1.9) - (0.008 if learner == "scorecard" else 0)
    return replace(
        fitted,
        auc_train=selection + 0.035 + 0.01 * sin(number),
        auc_holdout=selection + 0.011 + 0.006 * sin(number * 2.3),
        auc_selection=selection,
        utility=-0.231 + (selection - 0.70) * 1.4,
        rounds=None if learner == "scorecard" else 140 + 13 * number,
        features=18 - number % 5,
        model=digest(f"model {number}"),
    )


def fault(number: int, kind: TrialEnd, message: str) -> Fault:
    return Fault(
        run=184, stage="train", trial=number, node="local", attempt=1, kind=kind.value, message=message,
        traceback="", happened_at=STARTED + timedelta(minutes=number),
    )  # fmt: skip


def compared(measure, read, standard_error: float, p_value: float) -> Comparison:
    book = evidence()
    champion, challenger = read(book.champion), read(book.challenger)
    return Comparison(
        measure=measure, window="test", champion=champion, challenger=challenger, difference=challenger - champion,
        standard_error=standard_error, p_value=p_value,
    )  # fmt: skip


def verdict(*, champion: bool = True) -> Verdict:
    passed = GateOutcome.PASSED
    gates = (
        Gate(code="G0.volume", value=0.084, limit=0.3, outcome=passed,
             sentence="48.2 matured applications a day in the newest window against 44.5 in the one before (+8 %)."),
        Gate(code="G1.parity", value=3.1e-7, limit=1e-5, outcome=passed,
             sentence="Graph and native model differ by at most 3.1e-07 in pd; 1e-05 is allowed."),
        Gate(code="G2.out_of_time", value=0.0108, limit=0.02, outcome=passed,
             sentence="AUC 0.731 on held-out customers of the train window, 0.720 on the later selection window."),
        Gate(code="G3.psi", value=0.062, limit=0.10, outcome=passed,
             sentence="The scores of the newest applicants are spread as in the calibration window: PSI 0.062."),
        Gate(code="G4.slope.test", value=0.97, limit=0.85, outcome=passed, sentence="Slope 0.97 on the test window."),
        Gate(code="G4.grades.test", value=None, limit=None, outcome=passed,
             sentence="Bad rates rise from grade to grade on the test window."),
        Gate(code="G5.adverse_impact", value=0.838, limit=0.80, outcome=passed,
             sentence="Applicants of 18 to 24 are approved 0.84 times as often as those of 25 to 59; 0.80 is demanded."),
        Gate(code="G5.reasons", value=None, limit=None, outcome=GateOutcome.NOT_JUDGED,
             sentence="Reason codes need declined applicants; the recent window has none."),
        Gate(code="G6.false_kill", value=0.00021, limit=0.00096, outcome=passed,
             sentence="At 70 % approval the challenger rejects 27.2 % of the good customers, the champion 27.4 %."),
    )  # fmt: skip
    if not champion:
        gates = tuple(gate for gate in gates if not gate.code.startswith("G6"))
        return Verdict(
            reason=VerdictReason.FIRST_CHAMPION, sentence="Nobody is in force and every gate that has data is passed.",
            rule="proven", challenger_trial=4, champion_version=None, gates=gates, comparisons=(), swap_set=(),
        )  # fmt: skip
    return Verdict(
        reason=VerdictReason.PROVEN_BETTER,
        sentence="At the same approval rate the challenger turns fewer good customers away and ranks better; "
        "both differences are proven at two successive looks (p = .0002 and .0001 against .00096).",
        rule="proven",
        challenger_trial=4,
        champion_version=CHAMPION,
        gates=gates,
        comparisons=(
            compared("false_kill", lambda model: model.at_cut.false_kill, 0.0004, 0.00021),
            compared("auc", lambda model: model.auc, 0.0027, 0.00012),
            Comparison(measure="approval_at_bad_rate", window="test", champion=0.70, challenger=0.716, difference=0.016,
                       standard_error=None, p_value=None),
            Comparison(measure="expected_profit", window="test", champion=0.0123, challenger=0.0156, difference=0.0033,
                       standard_error=0.0008, p_value=0.00003),
        ),
        swap_set=(
            SwapCell(cell="both_approve", rows=15_480, share=0.6368, bad_rate=0.0462, amount=152.1e6, bad_amount=7.2e6),
            SwapCell(cell="swap_in", rows=1_537, share=0.0632, bad_rate=0.0721, amount=14.8e6, bad_amount=1.1e6),
            SwapCell(cell="swap_out", rows=1_537, share=0.0632, bad_rate=0.1212, amount=17.3e6, bad_amount=2.2e6),
            SwapCell(cell="both_decline", rows=5_756, share=0.2368, bad_rate=0.1862, amount=84.2e6, bad_amount=16.9e6),
        ),
        swap_stress=(
            SwapStress(multiplier=1.0, swap_in_bad_rate=0.0721, bads_avoided=75.47, profit=1_030_000.0),
            SwapStress(multiplier=1.5, swap_in_bad_rate=0.1082, bads_avoided=20.06, profit=452_500.0),
            SwapStress(multiplier=2.0, swap_in_bad_rate=0.1442, bads_avoided=-35.35, profit=-125_000.0),
        ),
        notes=("Outcomes are known only for loans that were approved (70 % of applicants).",),
    )  # fmt: skip


def thresholds(method: str, approve_from: int) -> Thresholds:
    grades = tuple(
        Grade(name=name, lowest_score=floor, share=0.2, bad_rate=0.02 * (index + 1))
        for index, (name, floor) in enumerate(zip("ABCDE", (612, 596, 581, 566, None), strict=True))
    )
    return Thresholds(scale=ScoreScale(), grades=grades, approve_from=approve_from, approval_rate=0.7003, method=method)


def turn(number: int, reason: TurnReason, since: datetime, why: str) -> ChampionTurn:
    version = CHAMPION if number == 3 else digest(f"version {number}")
    return ChampionTurn(
        pipeline="consumer-instalment",
        turn=number,
        version=version,
        since=since,
        reason=reason,
        by="policy proven",
        why=why,
    )


def facts(*, champion: bool = True, dated: bool = True) -> ReportFacts:
    history = (
        turn(1, TurnReason.PROMOTED, datetime(2025, 2, 3, 3, 0, tzinfo=UTC), "first champion"),
        turn(2, TurnReason.PROMOTED, datetime(2025, 9, 14, 3, 0, tzinfo=UTC), "proven better at two looks"),
        turn(3, TurnReason.ROLLED_BACK, datetime(2025, 9, 29, 9, 30, tzinfo=UTC), "the bureau changed its score"),
    )
    book = snapshot()
    return ReportFacts(
        run=run(),
        snapshot=book if dated else undated(book),
        stages=tuple(
            StageRecord(run=184, stage=stage, key=digest(f"key {stage}"), output=digest(f"output {stage}"),
                        seconds=seconds, finished_at=STARTED + timedelta(seconds=seconds), reused=stage is Stage.EXTRACT)
            for stage, seconds in zip(Stage, (4.2, 38.0, 2207.0, 0.0, 190.4, 48.9, 27.6), strict=True)
        ),
        trials=tuple(trial(number) for number in range(24)),
        faults=(
            fault(9, TrialEnd.OUT_OF_MEMORY, "The trial asked for more than 4.0 GB and was stopped."),
            fault(21, TrialEnd.RAISED, "LightGBMError: Check failed: (num_data) > (0) at dataset.cpp, line 41"),
        ),
        verdict=verdict(champion=champion),
        evidence=evidence(champion=champion, dated=dated),
        thresholds=thresholds("optimal", 581),
        calibration=Calibration(intercept=-0.0312, slope=0.9713),
        champion_thresholds=thresholds("optimal", 579) if champion else None,
        champion=history[-1] if champion else None,
        history=history if champion else (),
        lineage=(
            LineageEntry(name="declaration", value=run().request.declaration_digest),
            LineageEntry(name="snapshot", value=book.digest),
            LineageEntry(name="recipe", value=digest("recipe")),
            LineageEntry(name="model", value=digest("model 4")),
            LineageEntry(name="seed", value="7"),
            LineageEntry(name="kingmaker", value="0.1.0"),
            LineageEntry(name="python", value="3.11.7"),
            LineageEntry(name="libraries", value="lightgbm 4.7.0, numpy 2.4.6, onnx 1.23.2, polars 2.1.0, xgboost-cpu 3.2.0"),
        ),
        amount_column="amount_eur",
    )  # fmt: skip


def undated(book: Snapshot) -> Snapshot:
    windows = tuple(replace(window, first=None, last=None) for window in book.windows)
    return replace(book, basis=WindowBasis.RANDOM, windows=windows)
