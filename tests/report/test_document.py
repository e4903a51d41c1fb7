"""The model-risk document: every section is there, and its numbers are those of the evidence, the bundle and the ledger."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.domain.alarm import MonitorPolicy
from kingmaker.domain.champion import AuditEntry
from kingmaker.interfaces.report import document
from kingmaker.interfaces.report.document import SECTIONS, limits_of, render_document, watched
from kingmaker.interfaces.report.document_facts import Decided, DocumentFacts
from kingmaker.interfaces.report.wording import area, count, fine, money, number, rate
from kingmaker.loop.model_records import ModelAccount
from kingmaker.loop.models.account import model_account
from kingmaker.pipeline.reading import parse_pipeline

from .runs import DECLARATION, STARTED, facts
from .test_report import well_formed

DECIDED = (
    Decided(what="run 184 asked for", by="schedule", at=STARTED, why="As of 2026-06-30."),
    Decided(what="approved by a person", by="piet", at=STARTED + timedelta(days=2), why="I read it <b>all</b>."),
)
NEWEST = AuditEntry(
    number=412, at=datetime(2026, 7, 4, 9, 30, tzinfo=UTC), by="piet", action="champion approved", subject="x",
    before="", after="", why="", previous="e" * 64, digest="f0" * 32,
)  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelAccount:
    lender = Lender.in_home(tmp_path_factory.mktemp("lender") / "home", versions=1)
    lender.crown(lender.versions[0])
    told = model_account(lender.house, PIPELINE, lender.versions[0])
    lender.house.close()
    return told


def document_facts_of(model: ModelAccount, **changed: object) -> DocumentFacts:
    declared = parse_pipeline(DECLARATION.replace("files: loans/*.parquet", "file: loans.parquet"), "pipeline.yaml")
    plain = DocumentFacts(model=model, report=facts(), declared=declared, decided=DECIDED, newest=NEWEST)
    return replace(plain, **changed)


@pytest.fixture(scope="module")
def page(model: ModelAccount) -> str:
    return render_document(document_facts_of(model))


def section(page: str, name: str) -> str:
    return page.partition(f'id="part-{name}"')[2].partition('id="part-')[0]


def test_every_section_is_there_once_in_order_and_in_the_contents(page: str) -> None:
    reader = well_formed(page)
    assert [one.removeprefix("part-") for one in reader.ids if one.startswith("part-")] == [
        name for name, _ in SECTIONS
    ]
    for name, title in SECTIONS:
        assert f'<a href="#part-{name}">{title}</a>' in page
        said = re.sub(r"<[^>]+>|\s", "", section(page, name).partition("</h2>")[2])
        assert len(said) > 40, name


def test_performance_is_the_evidences(page: str, model: ModelAccount) -> None:
    challenger = facts().evidence.challenger
    told = section(page, "performance")
    for said in (
        area(challenger.auc), area(challenger.gini), area(challenger.ks), area(challenger.h_measure), fine(challenger.brier),
        rate(challenger.at_cut.false_kill), rate(challenger.at_cut.bad_rate), money(challenger.profit_at_cut),
    ):  # fmt: skip
        assert said in told
    for gate in facts().verdict.gates:
        assert gate.code.partition(".")[0] in told
    bands = section(page, "calibration")
    assert all(rate(band.bad_rate) in bands for band in challenger.calibration)


def test_data_and_exclusions_are_the_snapshots(page: str) -> None:
    book = facts().snapshot
    data, left = section(page, "data"), section(page, "exclusions")
    for window in book.windows:
        assert count(window.rows) in data
    for exclusion in book.exclusions:
        assert (exclusion.sentence in left, count(exclusion.rows) in left) == (True, True)
        assert exclusion.sentence not in data
    for column in book.left_out:
        assert (column.column in left, column.reason in left) == (True, True)


def test_default_and_assumptions_are_as_declared(page: str, model: ModelAccount) -> None:
    told = section(page, "default")
    for said in ("defaulted_on", "24 months", "applied_on", "30 days"):
        assert said in told
    assert number(model.cut_offs.calibration.slope) in section(page, "assumptions")


def test_thresholds_are_those_that_were_signed(page: str, model: ModelAccount) -> None:
    told = section(page, "thresholds")
    assert f"<b>{model.cut_offs.thresholds.approve_from}</b>" in told
    for grade in model.cut_offs.thresholds.grades:
        assert (rate(grade.share) in told, rate(grade.bad_rate) in told) == (True, True)


def test_fairness_is_measured_where_it_is_declared_and_said_to_be_unmeasured_elsewhere(model: ModelAccount) -> None:
    measured = document_facts_of(model)
    for group in measured.report.evidence.groups:
        assert group.group in section(render_document(measured), "fairness")
    features = measured.declared.features.model_copy(update={"protected": ()})
    declared = measured.declared.model_copy(update={"features": features})
    told = section(render_document(replace(measured, declared=declared)), "fairness")
    assert "names no protected attribute" in told


def test_limits_are_what_the_run_itself_saw(model: ModelAccount) -> None:
    found = limits_of(document_facts_of(model))
    verdict, book = facts().verdict, facts().snapshot
    assert next(gate.sentence for gate in verdict.gates if gate.outcome.value == "not_judged") in found
    assert set(verdict.notes) <= set(found)
    assert any(book.findings[0].sentence in one for one in found)
    refit = replace(model, lineage=replace(model.lineage, published_as="refit"))
    assert any("fitted again" in one for one in limits_of(document_facts_of(refit)))


def test_the_monitoring_plan_has_the_limits_that_alarms_have(page: str) -> None:
    policy, told = MonitorPolicy(), section(page, "monitoring")
    plan = watched(policy)
    assert len(plan) == 10
    assert (plan[0].watch, plan[0].alarm) == (number(policy.feature_drift.watch), number(policy.feature_drift.alarm))
    for one in plan:
        assert one.alarm in told


def test_approvals_have_names_and_dates_and_stay_text(page: str, model: ModelAccount) -> None:
    told = section(page, "approvals")
    assert "piet" in told
    assert "2026-07-03 02:00" in told
    assert "I read it &lt;b&gt;all&lt;/b&gt;." in told
    assert "No person has approved" not in told
    unattended = render_document(document_facts_of(model, decided=DECIDED[:1]))
    assert "No person has approved" in section(unattended, "approvals")


def test_the_audit_log_is_pinned_by_number_and_digest(page: str, model: ModelAccount) -> None:
    told = section(page, "audit")
    assert ("412" in told, NEWEST.digest in told, model.key in told, model.version.archive in told) == (True,) * 4


def test_a_document_fetches_nothing_runs_nothing_and_is_the_same_each_time(page: str, model: ModelAccount) -> None:
    assert "default-src 'none'" in page
    for word in ("<script", "<img", "<link", "src=", "url(", "@import", "http://", "https://"):
        assert word not in page
    assert render_document(document_facts_of(model)) == page


def test_what_is_forgotten_or_unreadable_is_said_in_its_place(model: ModelAccount) -> None:
    known = document_facts_of(model)
    forgotten = replace(
        known.report, snapshot=None, trials=(), evidence=None, verdict=None, thresholds=None, forgotten="It is gone."
    )
    page = render_document(replace(known, report=forgotten, declared=None, newest=None))
    well_formed(page)
    assert "It is gone." in section(page, "limits")
    assert "no longer kept" in section(page, "exclusions")
    assert "cannot read" in section(page, "default")


def test_the_templates_of_the_document_are_its_sections() -> None:

    folder = Path(document.__file__).parent / "templates" / "document"
    assert {path.stem for path in folder.glob("*.html")} == {name for name, _ in SECTIONS} | {"page"}
