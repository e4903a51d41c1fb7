"""PostgreSQL to Parquet: Kingmaker's source against pandas.read_sql and to_parquet, whole and in chunks, from one server."""

from collections.abc import Sequence
from statistics import median

import sqlalchemy as sa
from benchmarks.contest import DATA, Contender, Measured, hold, ratio, run
from benchmarks.findings import Chapter, Finding, span
from tests.contracts.postgres_server import programs, serving

FOLDER = DATA / "database_extract"
ROWS, QUICK_ROWS, ROUNDS = 2_000_000, 100_000, 3
FASTER, LEANER = 5.0, 5.0
TABLE = """
CREATE UNLOGGED TABLE loans AS SELECT g AS id, g::int8 * 7919 % 900001 AS customer, (g % 13)::int2 AS term,
 date '2019-01-01' + g % 1500 AS applied, timestamptz '2019-01-01 08:00:00+08' + g * interval '61 seconds' AS decided,
 CASE WHEN g % 6 = 0 THEN date '2019-06-01' + g % 1500 END AS went_bad, g % 5 = 0 AS salaried,
 (ARRAY['north', 'south', 'east', 'west'])[1 + g % 4] AS region, md5(g::text) AS device,
 (random() * 20000)::numeric(14, 2) AS amount, (random() * 9000)::numeric(14, 2) AS income,
 CASE WHEN g % 11 > 0 THEN (random() * 500)::numeric(10, 4) END AS rate, (random() * 100)::numeric(8, 3) AS share,
 random() AS debt, random() * 1000 AS savings, CASE WHEN g % 9 > 0 THEN random() END AS utilisation,
 random() - 0.5 AS trend, ln(1 + g) AS age, (random() * 40)::int4 AS inquiries,
 CASE WHEN g % 7 > 0 THEN (random() * 9)::int4 END AS open
FROM generate_series(1, {rows}) g
"""
"""Twenty columns: whole numbers, doubles, decimals, days, moments, texts and a truth, some with holes."""


def bench(*, quick: bool) -> Chapter | None:
    """None where there is no PostgreSQL to start."""
    installed = programs()
    if installed is None:
        return None
    rows, rounds = (QUICK_ROWS, 1) if quick else (ROWS, ROUNDS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving(installed) as schemas:
        engine = sa.create_engine(schemas.server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(TABLE.format(rows=rows).replace("%", "%%"), ())
            connection.exec_driver_sql("VACUUM (FREEZE, ANALYZE) loans")
        contenders = [_contender(name, schemas.server) for name in ("ours", "pandas", "pandas_chunks")]
        found = hold(contenders, rounds)
    equality = run(Contender(name="equality", module="benchmarks.database_extract.equality", arguments=(str(FOLDER),)))
    return Chapter(
        title="From PostgreSQL to Parquet",
        about=(
            f"{rows:,} rows of 20 columns from a PostgreSQL on the same machine, over its socket, into Parquet (zstd)."
            " The peer is pandas.read_sql (SQLAlchemy, psycopg) and to_parquet."
        ),
        findings=(*_findings(found["ours"], found["pandas"], found["pandas_chunks"]), _equal(equality, rows)),
        notes=(
            "Ratios are peer over Kingmaker within a round, median (lowest to highest) of the rounds; imports are not timed.",
            "CPU time is the client's alone; the server's work is in the wall time of both.",
        ),
    )


def _contender(name: str, server: str) -> Contender:
    module = "benchmarks.database_extract." + ("ours" if name == "ours" else "theirs")
    return Contender(name=name, module=module, arguments=(server, str(FOLDER / name), name))


def _findings(ours: Sequence[Measured], whole: Sequence[Measured], chunks: Sequence[Measured]) -> tuple[Finding, ...]:
    return (
        _finding(
            "wall time",
            "s",
            [one.seconds for one in ours],
            [one.seconds for one in whole],
            ratio(ours, whole, lambda one: one.seconds),
            FASTER,
        ),
        _finding(
            "peak memory",
            "MB",
            [one.peak_mb for one in ours],
            [one.peak_mb for one in whole],
            ratio(ours, whole, lambda one: one.peak_mb),
            LEANER,
        ),
        _finding(
            "CPU time",
            "s",
            [one.cpu_seconds for one in ours],
            [one.cpu_seconds for one in whole],
            ratio(ours, whole, lambda one: one.cpu_seconds),
        ),
        _finding(
            "wall time, pandas in chunks of 50,000",
            "s",
            [one.seconds for one in ours],
            [one.seconds for one in chunks],
            ratio(ours, chunks, lambda one: one.seconds),
        ),
        _finding(
            "peak memory, pandas in chunks of 50,000",
            "MB",
            [one.peak_mb for one in ours],
            [one.peak_mb for one in chunks],
            ratio(ours, chunks, lambda one: one.peak_mb),
        ),
    )


def _finding(
    what: str,
    unit: str,
    ours: list[float],
    peer: list[float],
    ratios: tuple[float, float, float],
    goal: float | None = None,
) -> Finding:
    digits = 0 if unit == "MB" else 1
    return Finding(
        what=what,
        ours=f"{median(ours):,.{digits}f} {unit}",
        peer=f"{median(peer):,.{digits}f} {unit}",
        ratio=span(*ratios),
        goal=f">= {goal:g}" if goal else "",
        met=ratios[1] >= goal if goal else None,
    )


def _equal(told: Measured, rows: int) -> Finding:
    return Finding(
        what="rows and values that are equal",
        ours=f"{int(str(told.facts['rows'])):,}",
        peer="",
        ratio="",
        goal=f"{rows:,}",
        met=told.facts == {"rows": rows, "equal": True},
    )
