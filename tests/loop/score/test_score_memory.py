from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kingmaker.loop.scoring.rows_source import open_source


def test_row_groups_that_were_read_do_not_stay_in_memory(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = pa.table({f"column{number}": random.normal(size=400_000) for number in range(5)})
    whole = table.nbytes
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=20_000)
    del table
    before, highest = pa.total_allocated_bytes(), 0
    for batch in open_source(tmp_path / "rows.parquet").batches([f"column{number}" for number in range(5)], 10_000, ()):
        highest = max(highest, pa.total_allocated_bytes() - before)
        assert batch.num_rows
    assert highest < whole / 4
