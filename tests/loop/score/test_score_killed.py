import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reading import Bundle

PROGRAM = """
import sys
from pathlib import Path
from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.reading import open_bundle
from kingmaker.loop.score import ScoreOptions, score_file

class Aloud:
    def stage(self, name, sentence): ...
    def say(self, sentence): ...
    def advance(self, done, total, note=""):
        print(done, flush=True)

bundle = open_bundle(Path(sys.argv[1]), trusted=[PublicKey.of(sys.argv[2])])
score_file(bundle, Path(sys.argv[3]), Path(sys.argv[4]), progress=Aloud(), options=ScoreOptions(batch_rows=50))
"""


def test_a_scoring_that_is_killed_leaves_no_output(
    trees: Bundle, trees_folder: Path, people: Callable[[int], pl.DataFrame], tmp_path: Path
) -> None:
    people(50_000).write_parquet(tmp_path / "rows.parquet")
    trusted = SigningKey.load(trees_folder / "signing.key").public.text
    destination = tmp_path / "scores.parquet"
    arguments = [trees_folder / "model.bundle", trusted, tmp_path / "rows.parquet", destination]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"50\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not destination.exists()
