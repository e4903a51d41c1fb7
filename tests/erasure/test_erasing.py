"""One customer is erased: from every file of the home, while everything else stays and works."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.erasure.lender import CUSTOMER, MARK, THEIRS, holding, opened, plant_segments, says, their_loans
from tests.journeys.book import BEFORE_THE_SHIFT

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.standing import StandingVault
from kingmaker.control.erasing.afterwards import keep_erased
from kingmaker.control.housekeeping import sweep
from kingmaker.control.office.housekeeping import HouseOffice
from kingmaker.domain.access import Principal, Role
from kingmaker.domain.erasure import Erasure, Kept
from kingmaker.domain.errors import DeclarationError, Forbidden, KingmakerError, NotFound, RunRefused, TamperFound
from kingmaker.domain.run import Stage
from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.account import account_of
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Marker

WHY = "asked for it by letter"


def erased(office: HouseOffice, *, dry: bool = False) -> Erasure:
    (one,) = office.erase(CUSTOMER, why=WHY, pipeline="book", applications=their_loans(), dry=dry)
    return one


def files_of(one: Erasure) -> dict[Kept, tuple[int, int]]:
    return {kind.kind: (kind.files, kind.rows) for kind in one.erased}


def rows_of(house: House, run: int = 1) -> pl.DataFrame:
    snapshot = account_of(house, run).snapshot
    assert snapshot is not None
    return load_snapshot(house.vault, snapshot)


def test_nothing_in_the_home_holds_the_customer_afterwards(folder: Path, office: HouseOffice) -> None:
    assert holding(folder / "home")
    told = files_of(erased(office))
    assert holding(folder / "home") == []
    assert holding(folder / "home", CUSTOMER) == []
    assert told[Kept.OUTCOMES] == (4, 4)
    assert told[Kept.SEGMENT] == (2, 4)
    assert told[Kept.PART][0] == 1
    assert told[Kept.REPLAY] == told[Kept.WORKSPACE] == (1, 0)
    assert told[Kept.MATRIX][0] >= 2


def test_everybody_elses_rows_stay_as_they_were(house: House, office: HouseOffice) -> None:
    before = rows_of(house)
    erased(office)
    after = rows_of(house)
    assert after.equals(before.filter(pl.col("_customer") != CUSTOMER))
    assert before.height - after.height > 1
    segment = house.vault.named("inbox/book/e/20161105T100000Z-token-000001.jsonl")
    assert segment is not None
    assert [b"k-1" in segment, b"k-3" in segment, segment.endswith(b"\n")] == [True, True, True]


def test_the_audit_log_proves_it_and_names_nobody(house: House, office: HouseOffice) -> None:
    one = erased(office)
    assert office.verify_audit().entries == house.ledger.audit(limit=1)[0].number
    entry = house.ledger.audit(limit=1)[0]
    assert (entry.action, entry.by, entry.why, entry.subject) == ("customer erased", "ada", WHY, "erasure/1")
    assert one.customer in entry.after
    assert one.files is not None
    assert one.files in entry.after
    assert MARK not in str(house.ledger.audit())
    with house.ledger.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE erasure_replacement SET rows = 99 WHERE number = 1")
    with pytest.raises(TamperFound, match="stands for"):
        office.verify_audit()


def test_the_check_finds_nothing_afterwards_and_tells_what_it_looked_through(folder: Path, office: HouseOffice) -> None:
    erased(office)
    told = office.check_erasures()
    assert told.is_clean
    assert told.unreadable == ()
    scanned = {one.kind: one.files for one in told.scanned}
    assert scanned[Kept.PART] == 1
    assert scanned[Kept.SEGMENT] == 2
    assert says(folder, "erase", "--check") == 0
    plant_segments(opened(folder))
    assert [place.split(": ")[0] for place in office.check_erasures().found] == ["erasure 1"] * 2
    assert says(folder, "erase", "--check") == 1


def test_dry_counts_the_same_and_changes_nothing(folder: Path, house: House, office: HouseOffice) -> None:
    before = holding(folder / "home")
    entries = office.verify_audit()
    would = erased(office, dry=True)
    assert (would.number, would.files) == (0, None)
    assert holding(folder / "home") == before
    assert (office.verify_audit(), house.ledger.erasures()) == (entries, [])
    assert files_of(erased(office)) == files_of(would)


def test_explain_and_the_report_still_tell_and_lineage_tells_of_the_rows_that_left(
    house: House, office: HouseOffice
) -> None:
    before = account_of(house, 1)
    erased(office)
    after = account_of(house, 1)
    added = [one for one in after.lineage if one not in before.lineage]
    assert replace(after, lineage=before.lineage) == before
    assert [one.name for one in added] == ["erased from the snapshot since"]
    assert added[0].value.split()[0] == str(files_of(office.erasures()[0])[Kept.PART][1])
    assert MARK not in render_report(facts_of(after))


def test_the_next_run_leaves_out_whom_the_source_still_has(folder: Path, house: House, office: HouseOffice) -> None:
    erased(office)
    for as_of in (BEFORE_THE_SHIFT, "2017-01-31"):
        assert says(folder, "run", str(folder / "book.yaml"), "--as-of", as_of) == 0
    assert CUSTOMER in (folder / "loans.csv").read_text(encoding="utf-8")
    assert rows_of(house, 2).filter(pl.col("_customer") == CUSTOMER).is_empty()
    assert rows_of(house, 3).filter(pl.col("_customer") == CUSTOMER).is_empty()
    assert holding(folder / "home") == []
    assert office.check_erasures().is_clean
    office.verify_audit()


def test_the_sweep_keeps_what_stands_for_a_part(folder: Path, house: House, office: HouseOffice) -> None:
    erased(office)
    then = datetime.now(UTC) + timedelta(days=800)
    ledger = SqlLedger.open(folder / "home" / "ledger.db", clock=lambda: then)
    vault = StandingVault(FolderVault(folder / "home" / "vault", now=then.timestamp), ledger.standing_for)
    years_later = replace(house, clock=lambda: then, ledger=ledger, vault=vault)
    before = rows_of(house).height
    sweep(years_later, by="housekeeping")
    assert rows_of(years_later).height == before
    ledger.close()


def test_what_arrives_late_is_erased_too_and_sealed_anew(folder: Path, house: House, office: HouseOffice) -> None:
    first = erased(office)
    late = b'{"segment":{"format":1}}\n{"entry":"late-1","id":"' + their_loans()[0].encode() + b'"}\n'
    day = f"{datetime.now(UTC):%Y%m%d}"
    house.vault.name(f"inbox/book/e/{day}T100000Z-token-000009.jsonl", late)
    assert keep_erased(house) == 1
    assert holding(folder / "home") == []
    again = office.erasures()[0]
    assert files_of(again)[Kept.SEGMENT] == (3, 5)
    assert again.files != first.files
    assert keep_erased(house) == 0
    office.verify_audit()


def test_handing_in_the_same_file_again_brings_nobody_back(folder: Path, house: House, office: HouseOffice) -> None:
    path = house.vault.fetch(house.ledger.outcomes("book")[1].file)
    data = path.read_bytes()
    erased(office)
    digest = house.vault.put_bytes(data)
    assert MARK.encode() in data
    assert MARK.encode() not in house.vault.read(digest)
    assert holding(folder / "home") == []


def test_an_unfinished_run_begins_anew(folder: Path, house: House, office: HouseOffice) -> None:
    connection_of(house, "UPDATE run SET reason = 'requested', ended_at = NULL, holder = NULL, lease_expires_at = NULL")
    workspace = house.workspace / "run-1" / "extracts"
    workspace.mkdir(parents=True)
    (workspace / "torn").write_text(CUSTOMER, encoding="utf-8")
    erased(office)
    assert not workspace.exists()
    assert house.ledger.stages(1) == []
    assert holding(folder / "home") == []


def test_while_a_run_of_the_pipeline_is_under_way_it_is_refused(
    folder: Path, house: House, office: HouseOffice
) -> None:
    before = holding(folder / "home")
    connection_of(
        house,
        "UPDATE run SET reason = 'requested', ended_at = NULL, holder = 'me', token = 9, "
        "lease_expires_at = '2099-01-01 00:00:00.000000'",
    )
    for dry in (True, False):
        with pytest.raises(RunRefused, match="run 1 is under way"):
            erased(office, dry=dry)
    assert holding(folder / "home") == before
    assert house.ledger.erasures() == []


def test_who_is_not_there_is_erased_from_nothing_and_so_it_is_written_down(office: HouseOffice) -> None:
    (one,) = office.erase("nobody at all", why=WHY)
    assert one.erased == ()
    assert office.erasures() == [one]
    with pytest.raises(NotFound):
        office.erase(CUSTOMER, why=WHY, pipeline="cars")
    for customer, why in (("  ", WHY), (CUSTOMER, " ")):
        with pytest.raises(KingmakerError):
            office.erase(customer, why=why, pipeline="book")


def test_only_administrators_erase_and_only_where_they_are(house: House) -> None:
    for role in set(Role) - {Role.ADMIN}:
        office = HouseOffice(house, Principal(name="vera", roles=frozenset({role})))
        for said in (lambda one=office: one.erase(CUSTOMER, why=WHY), office.erasures, office.check_erasures):
            with pytest.raises(Forbidden):
                said()
    of_cars = Principal(name="cora", roles=frozenset({Role.ADMIN}), pipelines=frozenset({"cars"}))
    with pytest.raises(NotFound):
        HouseOffice(house, of_cars).erase(CUSTOMER, why=WHY, pipeline="book")
    with pytest.raises(Forbidden):
        HouseOffice(house, of_cars).erase(CUSTOMER, why=WHY)
    of_book = Principal(name="bea", roles=frozenset({Role.ADMIN}), pipelines=frozenset({"book"}))
    assert HouseOffice(house, of_book).erase(CUSTOMER, why=WHY, pipeline="book", dry=True)


def test_a_version_whose_golden_rows_hold_the_customer_is_told(house: House, office: HouseOffice) -> None:
    """Everybody in the snapshot is looked up: some have golden rows, and most have none."""
    rows = rows_of(house).filter(pl.col("_window") != "recent")
    version = house.ledger.versions("book")[0].version
    told = {one: office.erase(one, why=WHY, dry=True)[0].versions for one in rows["_customer"][:2].to_list()}
    assert told[rows["_customer"][0]] == (version,)
    assert told[rows["_customer"][1]] == ()


def test_ids_that_no_snapshot_knows_are_erased_when_they_are_named(house: House, office: HouseOffice) -> None:
    lines = b'{"segment":{"format":1}}\n{"entry":"x-1","id":"L-unknown"}\n'
    house.vault.name("inbox/book/e/20261105T100000Z-token-000007.jsonl", lines)
    (one,) = office.erase(CUSTOMER, why=WHY, pipeline="book", applications=[*their_loans(), "L-unknown"])
    assert files_of(one)[Kept.SEGMENT] == (3, 5)
    assert one.applications == len(THEIRS) + 1


def test_ids_that_a_snapshot_knows_need_not_be_named(house: House, office: HouseOffice) -> None:
    known = rows_of(house).filter(pl.col("_customer") == CUSTOMER)["_id"].to_list()
    (one,) = office.erase(CUSTOMER, why=WHY, pipeline="book")
    assert one.applications == len(known) > 1
    assert not any(loan.encode() in segment_lines(house) for loan in known)


def segment_lines(house: House) -> bytes:
    return house.vault.named("inbox/book/e/20161105T100000Z-token-000001.jsonl") or b""


def connection_of(house: House, statement: str) -> None:
    with house.ledger.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(statement)


def test_stages_that_hold_no_rows_stay(house: House, office: HouseOffice) -> None:
    erased(office)
    assert {record.stage for record in house.ledger.stages(1)} == set(Stage)


def test_the_command_reads_the_customer_from_a_file_and_says_nobody_s_name(
    folder: Path, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    named = folder / "customer.txt"
    named.write_text("\n".join([CUSTOMER, *their_loans()]), encoding="utf-8")
    for words in (("--dry",), ("--pipeline", "book"), ("--json",)):
        assert says(folder, "erase", "--customer-file", str(named), "--why", WHY, *words) == 0
    assert says(folder, "erasures") == 0
    for words in (("--customer-file", str(folder / "none")), ()):
        assert says(folder, "erase", "--why", WHY, *words) == 2
    told = capsys.readouterr()
    assert MARK not in told.out + told.err
    assert [one.number for one in house.ledger.erasures()] == [2, 1]
    assert holding(folder / "home") == []


def test_what_a_killed_command_left_that_is_no_table_goes_whole(
    folder: Path, house: House, office: HouseOffice
) -> None:
    """It may hold anybody. What somebody still writes to is theirs."""
    kept, left = house.workspace / "score-now" / "work.duckdb", house.workspace / "score-killed" / "work.duckdb"
    for path in (kept, left):
        path.parent.mkdir()
        path.write_bytes(CUSTOMER.encode())
    os.utime(left, (0, 0))
    assert str(left.relative_to(house.home)) not in office.check_erasures().unreadable, "nobody is looked for"
    assert files_of(erased(office))[Kept.WORKSPACE] == (2, 0)
    assert (kept.exists(), left.exists()) == (True, False)
    left.write_bytes(b"somebody's")
    os.utime(left, (0, 0))
    assert office.check_erasures().unreadable == ("work/score-killed/work.duckdb",)
    assert keep_erased(house) == 0


def test_outcomes_whose_columns_are_called_otherwise_since_are_looked_through_too(
    folder: Path, house: House, office: HouseOffice
) -> None:
    rows = pl.DataFrame({"contract": ["L000001", their_loans()[1]], "number": [1, 2], "went_bad": [None, "2016-02-01"]})
    path = house.workspace / "handed-in"
    for form, write in (("csv", rows.write_csv), ("parquet", rows.write_parquet), ("json", rows.write_ndjson)):
        write(path)
        house.ledger.add_outcomes("book", file=house.vault.put(path), form=form, rows=2, by="ada")
        path.unlink()
    assert files_of(erased(office))[Kept.OUTCOMES] == (7, 7)
    assert holding(folder / "home") == []


def test_an_erasure_that_cannot_be_finished_keeps_no_other_from_it(folder: Path, house: House) -> None:
    """Such as one of a pipeline whose declaration this release does not read."""
    house.ledger.declare("old", "pipeline: old", digest="d" * 64, declared_in="", by="ada", expected=0)
    marks = Marker(house.pseudonym_key).marks_of(CUSTOMER, their_loans())
    for pipeline in ("book", "old"):
        house.ledger.begin_erasure(pipeline, marks, by="ada", why=WHY)
    with pytest.raises(DeclarationError):
        keep_erased(house)
    assert holding(folder / "home") == []
