"""Two banks that keep the same loans: one in PostgreSQL, one in MariaDB, each a real server in a folder of its own."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.contracts.postgres_server import serving
from tests.sources.databases.certificates import Authority

PASSWORD = "correct horse/battery"
IN_URL = "correct%20horse%2Fbattery"
"""The user `reader` may do everything: what refuses it to write is the transaction."""
EVERY_NAME = "od`d \"n'a:m%e"

POSTGRES_LOANS = """
CREATE TABLE loans AS SELECT g AS id, (g % 7)::int2 AS small, g * 10000000000 AS large, g / 8.0::float4 AS single,
 g / 3.0::float8 AS ratio, (g * 1.01)::numeric(14, 2) AS amount, 'Zoë 贷款 ' || g AS customer, 'x'::char(3) AS code,
 date '2020-01-01' + g % 1000 AS applied, timestamp '2020-01-01 10:00:00.25' + g * interval '1 second' AS decided,
 timestamptz '2020-06-01 12:00:00+02' + g * interval '1 second' AS paid, g % 2 = 0 AS bad, '{"a": 1}'::jsonb AS document,
 CASE WHEN g % 3 = 0 THEN NULL ELSE g END AS maybe, time '10:20:30' AS at, NULL::text AS nothing
FROM generate_series(1, 100000) g
"""
MARIADB_LOANS = """
CREATE TABLE loans AS SELECT seq AS id, CAST(seq % 7 AS INT) AS small, seq * 10000000000 AS large,
 CAST(seq / 8 AS FLOAT) AS single,
 CAST(seq AS DOUBLE) / 3.0 AS ratio, CAST(seq * 1.01 AS DECIMAL(14, 2)) AS amount, CONCAT('Zoë 贷款 ', seq) AS customer,
 CAST('x' AS CHAR(3)) AS code, DATE('2020-01-01') + INTERVAL seq % 1000 DAY AS applied,
 TIMESTAMP('2020-01-01 10:00:00.25') + INTERVAL seq SECOND AS decided, seq % 2 = 0 AS bad, JSON_OBJECT('a', 1) AS document,
 CASE WHEN seq % 3 = 0 THEN NULL ELSE seq END AS maybe, TIME('10:20:30') AS at, CAST(NULL AS CHAR(5)) AS nothing
FROM seq_1_to_100000 ORDER BY seq;
ALTER TABLE loans ADD COLUMN paid TIMESTAMP NULL; SET time_zone = '+02:00';
UPDATE loans SET paid = TIMESTAMP('2020-06-01 12:00:00') + INTERVAL id SECOND
"""


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A server: `url` as a pipeline's owner writes it, `secured` over TLS by way of the network."""

    kind: str
    admin: str
    url: str
    secured: str
    authority: Path
    others: Path
    rows: str
    """SQL of a table with numbers from 1 to `{0}` in the column `n`."""
    sleep: str
    limit: str
    """URL option by which a statement may take half a second."""
    engine: sa.Engine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "engine", sa.create_engine(self.admin, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        )

    def does(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of the last of the statements."""
        with self.engine.connect() as connection:
            for statement in text.split(";"):
                result = connection.exec_driver_sql(
                    statement.strip().replace("%", "%%"), None if "%" not in statement else ()
                )
            return [tuple(row) for row in result] if result.returns_rows else []

    def kill_readers(self) -> int:
        """End the connections of whoever reads, from the server's side."""
        if self.kind == "postgresql":
            return len(
                self.does(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'kingmaker'"
                )
            )
        found = self.does("SELECT id FROM information_schema.processlist WHERE user = 'reader'")
        for (number,) in found:
            self.does(f"KILL {number}")
        return len(found)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def postgres_bank(installed: Path) -> Iterator[Bank]:
    port = free_port()
    options = f"-c listen_addresses=127.0.0.1 -c port={port}"
    with serving(installed, options) as schemas:
        folder = Path(str(sa.make_url(schemas.server).query["host"]))
        authority = Authority(folder / "data")
        admin = schemas.server + f"&port={port}"
        access = folder / "data" / "pg_hba.conf"
        access.write_text(
            "hostssl all reader 127.0.0.1/32 scram-sha-256\nlocal all reader scram-sha-256\n" + access.read_text()
        )
        bank = Bank(
            kind="postgresql",
            admin=admin,
            url=f"postgresql://reader:{IN_URL}@/postgres?host={folder}&port={port}",
            secured=f"postgresql://reader:{IN_URL}@localhost:{port}/postgres?sslmode=verify-full&sslrootcert=",
            authority=authority.certificate,
            others=Authority(folder / "others").certificate,
            rows="(SELECT g AS n FROM generate_series(1, {0}) AS g) AS numbers",
            sleep="pg_sleep(20)::text",
            limit="&options=-cstatement_timeout%3D500",
        )
        for name in ("server.crt", "server.key"):
            owner = (folder / "data").stat()
            os.chown(folder / "data" / name, owner.st_uid, owner.st_gid)
        bank.does(
            f"CREATE ROLE reader LOGIN SUPERUSER PASSWORD '{PASSWORD}'; ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf();"
            + POSTGRES_LOANS
        )
        yield bank


def maria_programs() -> tuple[str, str] | None:
    """The server and what makes its folder; None where they are not installed."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    server, maker = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
    return (server, maker) if server and maker else None


@contextmanager
def maria_bank(server: str, maker: str) -> Iterator[Bank]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kingmaker-mariadb-") as name:
        folder = Path(name)
        authority = Authority(folder / "tls")
        user = ["--user=root"] if os.geteuid() == 0 else []
        own = ["--no-defaults", f"--datadir={folder / 'data'}", *user]
        made = [maker, *own, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tls = [f"--ssl-cert={folder}/tls/server.crt", f"--ssl-key={folder}/tls/server.key"]
        place = [
            f"--socket={folder / 's'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--pid-file={folder / 'pid'}",
        ]
        light = ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=64M"]
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen([server, *own, *place, *light, *tls], stderr=log, stdout=log) as running,
        ):
            try:
                admin = f"mysql+pymysql://root@/loans?unix_socket={folder / 's'}"
                _wait_until_it_serves(folder / "s", running)
                first = sa.create_engine(admin.replace("/loans?", "/?"), poolclass=sa.NullPool)
                with first.connect() as connection:
                    connection.exec_driver_sql("CREATE DATABASE loans CHARACTER SET utf8mb4")
                bank = Bank(
                    kind="mysql",
                    admin=admin,
                    url=f"mariadb://reader:{IN_URL}@localhost/loans?unix_socket={folder / 's'}",
                    secured=f"mysql+pymysql://reader:{IN_URL}@localhost:{port}/loans?ssl_ca=",
                    authority=authority.certificate,
                    others=Authority(folder / "others").certificate,
                    rows="(SELECT seq AS n FROM seq_1_to_{0}) AS numbers",
                    sleep="SLEEP(20)",
                    limit="&init_command=SET%20max_statement_time%3D0.5",
                )
                bank.does(f"CREATE USER reader IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO reader;" + MARIADB_LOANS)
                yield bank
            finally:
                running.kill()


def _wait_until_it_serves(place: Path, running: subprocess.Popen[bytes]) -> None:
    while running.poll() is None:
        with socket.socket(socket.AF_UNIX) as asking, suppress(OSError):
            asking.connect(str(place))
            return
    raise AssertionError("the MariaDB server did not start")
