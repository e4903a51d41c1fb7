"""Kingmaker's side: the database source as a run uses it."""

import os
import shutil
import sys
from datetime import date
from pathlib import Path

import adbc_driver_postgresql.dbapi  # noqa: F401 - imports are not timed
from benchmarks.stopwatch import Stopwatch

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading

os.environ["LOANS_URL"] = sys.argv[1].replace("+psycopg", "")
folder = Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
declared = SourceDeclaration(database="env:LOANS_URL", table="loans")
watch = Stopwatch()
with watch.part("read"):
    extracted = DatabaseSource().extract(
        Reading(declaration=declared, folder=folder, as_of=date(2024, 1, 1)), folder, lambda _: None
    )
watch.tell(rows=extracted.rows)
