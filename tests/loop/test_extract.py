"""Extract: a snapshot that is the same every time, or one refusal that says everything."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.cohort.raw import Portions
from kingmaker.domain.errors import DataRefused, LeakFound
from kingmaker.domain.snapshot import Severity, Snapshot, Window
from kingmaker.loop.extract import extract, load_snapshot, snapshot_from_json, snapshot_to_json
from kingmaker.loop.reading import extracts_of
from kingmaker.loop.snapshots import WindowRows
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import read_pipeline
from kingmaker.ports.progress import Silence
from kingmaker.ports.source import Reading

AS_OF = date(2018, 12, 31)
SBA = Path(__file__).parents[2] / "examples" / "sba" / "pipeline.yaml"
Extract = Callable[..., Snapshot]


def book(rows: int = 1500, seed: int = 1) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    applied = [date(2015, 1, 1) + timedelta(days=row // 2) for row in range(rows)]
    bad = generator.random(rows) < 0.15
    return pl.DataFrame(
        {
            "loan": [f"L{row:05}" for row in range(rows)],
            "applied": applied,
            "gone": [day + timedelta(days=90) if one else None for day, one in zip(applied, bad, strict=True)],
            "income": np.round(generator.lognormal(10, 0.5, rows) * np.where(bad, 0.8, 1.0), 2),
            "state": generator.choice(["AK", "NY", "TX"], rows),
            "sex": generator.choice(["f", "m"], rows),
            "recovered": np.where(bad, generator.uniform(1, 9, rows), 0.0),
        }
    )


def declare(**parts: object) -> Pipeline:
    plain = {
        "pipeline": "book",
        "source": {"file": "loans.parquet"},
        "id": "loan",
        "applied_at": "applied",
        "outcome": {"observed_at": "gone", "horizon": "12 months"},
        "features": {"leaks": "forbid", "protected": ["sex"]},
        "policy": {"min_bads": 30},
    }
    return Pipeline.model_validate(plain | parts)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault")


@pytest.fixture
def run(tmp_path: Path, vault: FolderVault) -> Extract:
    def running(
        rows: pl.DataFrame,
        pipeline: Pipeline | None = None,
        as_of: date = AS_OF,
        previous: Snapshot | None = None,
        portions: Portions | None = None,
    ) -> Snapshot:
        rows.write_parquet(tmp_path / "loans.parquet")
        declared = pipeline or declare()
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        return extract(
            declared,
            source=FileSource(),
            reading=Reading(declaration=declared.source, folder=tmp_path, as_of=as_of),
            vault=vault,
            scratch=scratch,
            progress=Silence(),
            previous=previous,
            portions=portions,
        )

    return running


def test_a_snapshot_holds_features_protected_attributes_and_the_added_columns(run: Extract, vault: FolderVault) -> None:
    snapshot = run(book())
    rows = load_snapshot(vault, snapshot)
    added = ["_label", "_window", "_applied_at", "_customer", "_id", "_amount"]
    assert rows.columns == ["income", "state", "sex", *added]
    assert rows.height == snapshot.rows == sum(count.rows for count in snapshot.windows)
    assert [feature.name for feature in snapshot.features] == ["income", "state"]


def test_the_same_rows_give_the_same_digest_in_any_order(run: Extract) -> None:
    assert run(book()) == run(book().reverse())


def test_a_book_too_large_to_be_held_gives_the_same_bytes_a_few_columns_at_a_time(run: Extract, tmp_path: Path) -> None:
    rows = book().with_columns(
        copied=pl.col("income"),
        late=pl.col("applied") + pl.duration(days=10),
        code=(pl.col("income") % 7).floor(),
        one=pl.lit(1),
    )
    declared = declare(
        features={
            "leaks": "forbid",
            "protected": ["sex"],
            "kinds": {"code": "category"},
            "available_at": {"state": "late"},
        },
        population="income > 9000",
    )
    whole = run(rows, declared, portions=Portions(rows_a_part=400))
    assert run(rows, declared, portions=Portions(rows_a_part=400, cells=1)) == whole
    assert len(whole.parts) > 2
    assert {left.column for left in whole.left_out} >= {"copied", "late", "one", "recovered"}
    assert not list((tmp_path / "scratch").glob("*.arrow"))


def test_chosen_rows_are_those_of_the_whole_snapshot(run: Extract, vault: FolderVault) -> None:
    snapshot = run(book(), portions=Portions(rows_a_part=400))
    windows = (Window.TRAIN, Window.TEST)
    whole = load_snapshot(vault, snapshot, windows)
    loans = WindowRows(vault=vault, snapshot=snapshot, windows=windows)
    mask = np.arange(whole.height) % 3 == 1
    assert loans.chosen(mask).equals(whole.filter(mask))
    assert loans.added().equals(whole.select(pl.col("^_.*$")))
    assert loans.column("income").equals(whole.select("income"))


def test_other_rows_another_date_or_other_features_give_another_digest(run: Extract) -> None:
    first = run(book()).digest
    assert run(book(seed=2)).digest != first
    assert run(book(), as_of=date(2016, 12, 31)).digest != first
    assert run(book(), declare(features={"leaks": "forbid", "forbid": ["state"]})).digest != first


def test_windows_and_columns_are_loaded_as_asked(run: Extract, vault: FolderVault) -> None:
    snapshot = run(book())
    rows = load_snapshot(vault, snapshot, [Window.TEST], ["_label", "income"])
    assert rows.columns == ["_label", "income"]
    assert rows.height == snapshot.window(Window.TEST).rows
    assert rows["_label"].sum() == snapshot.window(Window.TEST).bads


def test_a_snapshot_survives_the_journey_through_json(run: Extract) -> None:
    snapshot = run(book())
    assert snapshot_from_json(snapshot_to_json(snapshot)) == snapshot
    assert snapshot_to_json(snapshot) == snapshot_to_json(run(book()))


def test_a_leak_is_left_out_loudly_where_the_declaration_says_forbid(run: Extract) -> None:
    snapshot = run(book())
    assert [left.column for left in snapshot.left_out if left.reason.startswith("a leak")] == ["recovered"]
    (finding,) = [finding for finding in snapshot.findings if finding.check == "leak"]
    assert finding.severity is Severity.WARNING


def test_a_leak_stops_the_run_by_default(run: Extract) -> None:
    with pytest.raises(
        LeakFound, match=r"pipeline book: `recovered` knows the outcome: .* Add `recovered` to `features.forbid`"
    ):
        run(book(), declare(features={}))


def test_a_leak_found_once_stays_found(run: Extract) -> None:
    pipeline = declare(features={"leaks": "forbid", "allow": []})
    first = run(book(), pipeline)
    honest = book().with_columns(pl.col("income").shuffle(seed=4).alias("recovered"))
    assert "recovered" in [feature.name for feature in run(honest, pipeline).features]
    assert "recovered" not in [feature.name for feature in run(honest, pipeline, previous=first).features]


def test_every_refusal_is_told_at_once_one_a_line(run: Extract) -> None:
    rows = pl.concat([book(), book().head(2)])
    with pytest.raises(DataRefused) as raised:
        run(rows, declare(features={"kinds": {"state": "number"}}))
    lines = str(raised.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["pipeline", "`state`", "`recovered`"]
    assert "2 values of `loan` stand in more than one row" in lines[0]
    assert not isinstance(raised.value, LeakFound)


def test_unknown_columns_are_refused_before_anything_else(run: Extract) -> None:
    with pytest.raises(
        DataRefused, match=r"`applied_at` names `aplied`, which is not a column .* nearest column is `applied`"
    ):
        run(book(), declare(applied_at="aplied"))


def test_a_date_too_early_for_any_outcome_is_refused(run: Extract) -> None:
    with pytest.raises(DataRefused, match=r"no loan is matured: every performance window is still open"):
        run(book(), as_of=date(2015, 6, 30))


def test_a_handful_of_loans_is_refused_with_every_window_that_lacks_them(run: Extract) -> None:
    with pytest.raises(DataRefused, match=r"the train window holds no loan at all"):
        run(
            book(rows=8)
            .with_columns(pl.lit(date(2015, 1, 1)).alias("applied"), pl.lit(date(2015, 2, 1)).alias("gone"))
            .with_columns(pl.when(pl.col("loan") > "L00004").then("gone").alias("gone"))
        )


def test_a_pipeline_without_features_is_refused(run: Extract) -> None:
    with pytest.raises(DataRefused, match=r"no column is left that the model may use"):
        run(book().select("loan", "applied", "gone", "recovered"), declare(features={"leaks": "forbid"}))


def test_a_feature_that_vanished_is_refused(run: Extract) -> None:
    first = run(book())
    with pytest.raises(DataRefused, match=r"`state` was a feature of the last run and is no longer a column"):
        run(book().drop("state"), previous=first)


def test_what_was_read_is_gone_once_all_was_read_and_kept_for_the_next_attempt_otherwise(tmp_path: Path) -> None:
    with extracts_of(tmp_path, "key") as first:
        (first / "part").touch()
    assert not first.exists()

    def fails(folder: Path) -> None:
        (folder / "part").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError), extracts_of(tmp_path, "key") as second:
        fails(second)
    with extracts_of(tmp_path, "key") as third:
        assert [path.name for path in third.iterdir()] == ["part"]


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [date(2009, 12, 31), date(2010, 12, 31)])
def test_the_guard_finds_the_leaks_of_the_sba_loans_and_nothing_else(
    tmp_path: Path, vault: FolderVault, as_of: date
) -> None:
    declared = read_pipeline(SBA)
    snapshot = extract(
        declared,
        source=FileSource(),
        reading=Reading(declaration=declared.source, folder=SBA.parent, as_of=as_of),
        vault=vault,
        scratch=tmp_path,
        progress=Silence(),
        previous=None,
    )
    reasons = {left.column: left.reason for left in snapshot.left_out}
    leaks = [column for column, reason in reasons.items() if reason.startswith("a leak")]
    assert leaks == ["Term", "MIS_Status", "ChgOffPrinGr"]
    assert reasons["ChgOffDate"] == "it is the date on which the outcome became known: the answer itself"
    assert snapshot.window(Window.TEST).bads >= 500
    assert {"GrAppv", "SBA_Appv", "State", "BankState", "Sector"} <= {feature.name for feature in snapshot.features}
