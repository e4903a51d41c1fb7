"""The ordered tasks: run one after another in the service, followed, given a lifecycle, told of when they fail."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.sources.maxcompute.books import MARK, loans
from tests.sources.maxcompute.warehouse import FAST, Heard, OwnWarehouse, Warehouse, declared, extracted, reading_of

from kingmaker.adapters.sources.every import EverySource
from kingmaker.adapters.sources.maxcompute.lifecycle import tables_made
from kingmaker.adapters.sources.maxcompute.source import MaxComputeSource
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask


def flow(warehouse: Warehouse, *statements: str) -> dict[str, str]:
    return {f"step {number}": sql for number, sql in enumerate(statements)}


def test_tasks_run_in_their_order_and_the_table_of_the_last_is_what_is_read(warehouse: Warehouse, folder: Path) -> None:
    raw, middle, last = (warehouse.name(table) for table in ("raw", "middle", "loans"))
    warehouse.put(raw, loans(200))
    tasks = flow(
        warehouse,
        f"CREATE TABLE {middle} AS SELECT loan, amount FROM {raw} WHERE loan >= 50",
        f"CREATE TABLE {last} AS SELECT loan, amount * 2 AS twice FROM {middle} WHERE loan < 150",
    )
    found, rows = extracted(reading_of(declared(warehouse.access, table=last, tasks=tasks)), folder)
    assert sorted(rows["loan"]) == list(range(50, 150))
    assert rows.columns == ["loan", "twice"]
    assert [name for name, _, _ in found.tasks] == ["step 0", "step 1"]
    assert found.rows == 100


def test_dates_stand_in_tasks_as_date_literals(warehouse: Warehouse, folder: Path) -> None:
    raw, last = warehouse.name("raw"), warehouse.name("loans")
    warehouse.put(raw, loans(310))
    sql = f"CREATE TABLE {last} AS SELECT * FROM {raw} WHERE applied BETWEEN {{{{ window.start }}}} AND {{{{window.end}}}}"
    _, rows = extracted(reading_of(declared(warehouse.access, table=last, tasks={"cut": sql})), folder)
    assert (rows["applied"].min(), rows["applied"].max()) == (date(2026, 1, 5), date(2026, 1, 20))


def test_a_literal_is_made_of_a_date(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", loans(10))
    extracted(
        reading_of(declared(own.access, tasks={"one": "CREATE TABLE loans AS SELECT *, {{ as_of }} AS d FROM raw"})),
        folder,
    )
    assert own.service.instances.executed[0] == "CREATE TABLE loans AS SELECT *, DATE'2026-01-31' AS d FROM raw"


def test_a_date_in_quotes_is_told_before_anything_runs(own: OwnWarehouse, folder: Path) -> None:
    tasks = {"one": "CREATE TABLE a AS SELECT 1 AS x", "two": "SELECT '{{ as_of }}'"}
    with pytest.raises(SourceError, match=r"task `two`.*stands in quotes"):
        extracted(reading_of(declared(own.access, tasks=tasks)), folder)
    assert own.service.instances.submissions == []


def test_progress_is_told_with_the_address_of_logview_once_for_each_task(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", loans(10))
    own.service.instances.waiting = own.service.instances.running = 3
    heard = Heard()
    tasks = flow(own, "CREATE TABLE a AS SELECT * FROM raw", "CREATE TABLE loans AS SELECT * FROM a")
    extracted(reading_of(declared(own.access, tasks=tasks)), folder, heard)
    links = [sentence for sentence in heard.sentences if "https://logview.example/logview/" in sentence]
    assert [link.split(":")[0] for link in links] == ["task step 0", "task step 1"]
    assert "task step 0: waits for resources" in heard.sentences
    assert "task step 0: M1_job_0 50 %, R2_1_job_0 25 %" in heard.sentences
    assert any(sentence.startswith("task step 1: done in") for sentence in heard.sentences)
    assert heard.sentences[-1] == "10 rows read"


def test_settings_priority_and_schema_go_with_every_task(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", loans(10))
    more = {"settings": {"odps.sql.mapper.split.size": "64"}, "priority": 3, "schema": "risk"}
    tasks = {"one": "SET odps.sql.joiner.instances=7; CREATE TABLE loans AS SELECT * FROM raw"}
    extracted(reading_of(declared(own.access, tasks=tasks, **more)), folder)
    for instance in own.service.instances.known.values():
        settings = json.loads(instance.settings)
        assert settings["odps.sql.mapper.split.size"] == "64"
        assert settings["odps.default.schema"] == "risk"
        assert instance.priority == 3
    assert json.loads(next(iter(own.service.instances.known.values())).settings)["odps.sql.joiner.instances"] == "7"


def test_a_failure_keeps_the_services_message_and_the_instance(warehouse: Warehouse, folder: Path) -> None:
    missing, last = warehouse.name("missing"), warehouse.name("loans")
    tasks = flow(
        warehouse, f"CREATE TABLE {last} AS SELECT * FROM {missing}", f"CREATE TABLE {last}_2 AS SELECT 1 AS x"
    )
    with pytest.raises(SourceError, match=f"Table not found.*{missing}") as caught:
        extracted(reading_of(declared(warehouse.access, table=last, tasks=tasks)), folder)
    assert "task `step 0`, instance 20" in caught.value.where
    assert "\n" not in caught.value.sentence()


def test_after_a_failure_no_later_task_is_run(own: OwnWarehouse, folder: Path) -> None:
    own.service.instances.failing = "ODPS-0123131:User defined function exception - no such file"
    tasks = flow(own, "CREATE TABLE a AS SELECT 1 AS x", "CREATE TABLE loans AS SELECT 2 AS y")
    with pytest.raises(SourceError, match="ODPS-0123131:User defined function exception - no such file"):
        extracted(reading_of(declared(own.access, tasks=tasks)), folder)
    assert own.service.instances.executed == ["CREATE TABLE a AS SELECT 1 AS x"]


def test_a_message_quotes_no_value_where_something_is_masked(own: OwnWarehouse, folder: Path) -> None:
    own.service.instances.failing = (
        f"ODPS-0121095:Invalid argument - cannot cast '{MARK}' (13800138000) to 'BIGINT' in 'raw'"
    )
    mask = Mask(Pii(pseudonymise=("customer",)), lambda: b"k" * 32)
    reading = reading_of(declared(own.access, tasks={"one": "CREATE TABLE loans AS SELECT * FROM raw"}), mask=mask)
    with pytest.raises(SourceError, match="ODPS-0121095:Invalid argument - cannot cast") as caught:
        extracted(reading, folder)
    assert MARK not in caught.value.sentence()
    assert "13800138000" not in caught.value.sentence()
    assert "'raw'" in caught.value.sentence()


def test_tables_that_tasks_made_get_the_declared_lifecycle(warehouse: Warehouse, folder: Path) -> None:
    raw, middle, kept, last = (warehouse.name(table) for table in ("raw", "middle", "kept", "loans"))
    warehouse.put(raw, loans(20))
    before = warehouse.lifecycle(raw)
    tasks = flow(
        warehouse,
        f"CREATE TABLE {middle} AS SELECT * FROM {raw}",
        f"CREATE TABLE {kept} LIFECYCLE 30 AS SELECT * FROM {middle}",
        f"CREATE TABLE IF NOT EXISTS {last} AS SELECT * FROM {middle}",
    )
    extracted(reading_of(declared(warehouse.access, table=last, tasks=tasks, lifecycle=5)), folder)
    assert [warehouse.lifecycle(table) for table in (middle, kept, last, raw)] == [5, 30, 5, before]


def test_a_table_that_stood_there_before_is_no_table_of_the_tasks(own: OwnWarehouse, folder: Path) -> None:
    own.service.tables.add("loans", loans(10), made=datetime(2020, 1, 1, tzinfo=UTC))
    tasks = {"fill": "CREATE TABLE IF NOT EXISTS loans AS SELECT 1 AS x"}
    extracted(reading_of(declared(own.access, tasks=tasks)), folder)
    assert own.lifecycle("loans") == -1


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("create table a as select 1", ["a"]),
        ("CREATE TABLE IF NOT EXISTS p.`b`(x bigint); INSERT INTO p.b SELECT 1", ["p.b"]),
        ("-- create table no\ncreate or replace table c as select 1; /* create table d */", ["c"]),
        ("create table e lifecycle 7 as select 1; create table f as select 2", ["f"]),
        ("insert overwrite table g select 'create table h'", []),
    ],
)
def test_the_tables_of_a_statement(sql: str, made: list[str]) -> None:
    assert tables_made(sql) == made


def test_a_flow_that_makes_no_such_table_is_told(own: OwnWarehouse, folder: Path) -> None:
    with pytest.raises(SourceError, match="the tasks made no table `loans`"):
        extracted(reading_of(declared(own.access, tasks={"one": "CREATE TABLE other AS SELECT 1 AS x"})), folder)


def test_without_tasks_a_table_is_named(own: OwnWarehouse, folder: Path) -> None:
    with pytest.raises(SourceError, match="neither a table nor a task"):
        extracted(reading_of(declared(own.access)), folder)


def test_a_wrong_key_is_told_without_the_key(own: OwnWarehouse, folder: Path, tmp_path: Path) -> None:
    access = own.access
    (tmp_path / "access.key").write_text("another-key")
    with pytest.raises(SourceError, match="access_key") as caught:
        extracted(reading_of(declared(access, table="loans")), folder)
    assert "another-key" not in caught.value.sentence()


def test_an_address_where_nothing_answers_is_told_soon(own: OwnWarehouse, folder: Path) -> None:
    access = {**own.access, "endpoint": "http://127.0.0.1:9/api"}
    with pytest.raises(SourceError, match="could not be reached"):
        extracted(reading_of(declared(access, table="loans")), folder)


@pytest.mark.parametrize("key", ["endpoint", "tunnel"])
def test_an_address_in_the_clear_is_refused(own: OwnWarehouse, folder: Path, key: str) -> None:
    access = {**own.access, key: "http://service.cn-shanghai.maxcompute.aliyun.com/api"}
    with pytest.raises(SourceError, match="does not begin with https"):
        extracted(reading_of(declared(access, table="loans")), folder)


def test_a_fingerprint_is_of_the_declaration_and_the_occasion(own: OwnWarehouse) -> None:
    source, plain = EverySource(), declared(own.access, table="loans")
    first = source.fingerprint(reading_of(plain))
    assert source.fingerprint(reading_of(plain)) == first
    assert source.fingerprint(reading_of(plain, occasion="run 2")) != first
    assert source.fingerprint(reading_of(declared(own.access, table="other"))) != first


def test_what_is_abandoned_is_stopped_at_the_service(own: OwnWarehouse, folder: Path) -> None:
    own.service.instances.held = True
    reading = reading_of(declared(own.access, tasks={"long": "CREATE TABLE loans AS SELECT 1 AS x"}))

    def interrupt(sentence: str) -> None:
        if "M1_job_0" in sentence:
            raise KeyboardInterrupt

    source = MaxComputeSource(FAST)
    with pytest.raises(KeyboardInterrupt):
        source.extract(reading, folder, interrupt)
    (instance,) = own.service.instances.known.values()
    assert not instance.over
    EverySource().abandon(folder)
    assert instance.state == "CANCELLED"
    with pytest.raises(SourceError, match="was stopped at the service"):
        source.extract(reading, folder, Heard())


def test_nothing_is_stopped_where_everything_is_done(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", pa.table({"x": [1]}))
    extracted(reading_of(declared(own.access, tasks={"one": "CREATE TABLE loans AS SELECT * FROM raw"})), folder)
    before = len(own.service.seen)
    EverySource().abandon(folder)
    EverySource().abandon(folder / "nowhere")
    assert len(own.service.seen) == before
