"""pandas' side: read_sql and to_parquet, all at once, or in chunks from a cursor on the server."""

import shutil
import sys
from pathlib import Path

import pandas as pd
import psycopg  # noqa: F401 - imports are not timed
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from benchmarks.stopwatch import Stopwatch

server, place, name = sys.argv[1:]
folder = Path(place)
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
engine = sa.create_engine(server)
watch = Stopwatch()
with watch.part("read"):
    if name == "pandas":
        frame = pd.read_sql("SELECT * FROM loans", engine)
        frame.to_parquet(folder / "rows.parquet", compression="zstd", index=False)
        rows = len(frame)
    else:
        rows, writer = 0, None
        with engine.connect().execution_options(stream_results=True) as connection:
            for chunk in pd.read_sql(sa.text("SELECT * FROM loans"), connection, chunksize=50_000):
                table = pa.Table.from_pandas(chunk, preserve_index=False)
                writer = writer or pq.ParquetWriter(folder / "rows.parquet", table.schema, compression="zstd")
                writer.write_table(table)
                rows += len(chunk)
        writer.close()
watch.tell(rows=rows)
