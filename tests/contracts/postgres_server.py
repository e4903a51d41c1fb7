"""A PostgreSQL server for the tests: started in a folder of its own where its programs are installed, gone with the tests."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

INSTALLED = Path("/usr/lib/postgresql")
UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run as root, who starts it as one of these."""

SERVE = """
set -e
exec 3>&1 >/dev/null 2>&1
cd "$1"
trap 'pg_ctl --pgdata=data --mode=immediate stop; cd /; rm -rf "$1"' EXIT
trap 'exit 1' HUP INT PIPE TERM
initdb --pgdata=data --username=tests --auth=trust --no-sync --encoding=UTF8 --locale=C
pg_ctl --pgdata=data --log=log --wait --options="-k $1 -c listen_addresses='' -c fsync=off $2" start </dev/null >log 2>&1
echo serving >&3
read -r told || true
"""
"""The server lives as long as somebody holds the other end of the input: also kill -9 of the tests leaves none behind."""


@dataclass(frozen=True, slots=True)
class Schemas:
    """Schemas of one database, one a folder: what stands in one is not seen from another, as if each were a database."""

    server: str

    def of(self, folder: Path) -> str:
        """The address of the folder's own schema, made at the first asking."""
        name = f"{self._prefix}{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
        address = sa.make_url(self.server).update_query_dict({"options": f"-csearch_path={name}"})
        return address.render_as_string(hide_password=False)

    def clear(self) -> None:
        """Drop every schema that this process made."""
        found = self._execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :prefix)", prefix=self._prefix
        )
        for name in found:
            self._execute(f"DROP SCHEMA {name} CASCADE")

    @property
    def _prefix(self) -> str:
        return f"kingmaker_{os.getpid()}_"

    def _execute(self, statement: str, **said: str) -> list[str]:
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(sa.text(statement), said)
            found = list(result.scalars()) if result.returns_rows else []
        engine.dispose()
        return found


def programs() -> Path | None:
    """The folder of the newest server's programs; None where there is none."""
    on_path = shutil.which("initdb")
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = found[-1] if found else Path(on_path).resolve() if on_path else None
    return program.parent if program else None


@contextmanager
def serving(programs: Path, options: str = "") -> Iterator[Schemas]:
    """A server on a socket in a temporary folder that does not flush what it writes. `options`: further `-c NAME=VALUE`."""
    with tempfile.TemporaryDirectory(prefix="kingmaker-postgres-") as folder:
        user = _user()
        if user is not None:
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        with subprocess.Popen(
            ["/bin/sh", "-c", SERVE, "sh", folder, options],
            env={**os.environ, "PATH": f"{programs}:{os.environ.get('PATH', '')}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            assert server.stdout.readline() == "serving\n", "the PostgreSQL server did not start"
            yield Schemas(f"postgresql+psycopg://tests@/postgres?host={folder}")
            server.stdin.close()


def _user() -> pwd.struct_passwd | None:
    """Who runs the server; None for whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def restarted(schemas: Schemas, programs: Path) -> None:
    """Stop the server in the middle of whatever it does, and start it again."""
    folder = sa.make_url(schemas.server).query["host"]
    user = _user()
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    command = ["--pgdata=data", "--log=log", "--wait", "--mode=immediate", f"--options={options}", "restart"]
    subprocess.run(
        [programs / "pg_ctl", *command],
        cwd=str(folder),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
