"""An endpoint may be killed at any moment: it comes back with a whole and proven champion, and never with an older turn."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.contracts.depot_server import Manners, answering
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.bundle.keys import SigningKey

from .waiting import until

ROOT = Path(__file__).parents[3]
PROCESS = Path(__file__).with_name("endpoint_process.py")


class Following:
    """The process, and every line that it printed so far."""

    def __init__(self, source: str, cache: Path, key: SigningKey) -> None:
        self._out = cache.with_name(f"out-{len(list(cache.parent.iterdir()))}")
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(PROCESS), source, PIPELINE, str(cache), key.public.text],
                stdout=out,
                env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": ""},
            )

    @property
    def lines(self) -> list[str]:
        *whole, _ = self._out.read_text().split("\n")
        return whole[1:]

    def serves(self, version: str) -> None:
        until(lambda: self.lines[-1:] != [] and self.lines[-1].endswith(version), 30.0, lambda: str(self.lines))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


Run = Callable[[str], Following]


@pytest.fixture
def run(tmp_path: Path, key: SigningKey) -> Iterator[Run]:
    with ExitStack() as running:

        def begin(source: str) -> Following:
            following = Following(source, tmp_path / "cache", key)
            running.callback(following.kill)
            return following

        yield begin


@pytest.mark.slow
def test_killed_while_a_bundle_arrives_it_serves_the_old_one_and_goes_on_where_it_stopped(
    publisher: Publisher, run: Run, tmp_path: Path
):
    manners = Manners(spared="/champions/")
    first = publisher.crown(1)
    with answering(publisher.vault, manners) as url:
        killed = run(url)
        killed.serves(first.version)
        manners.drip = 0.002
        second = publisher.publish(2)
        publisher.announce(publisher.pointer_to(second))
        part = tmp_path / "cache" / f"{second.archive}.part"
        until(lambda: part.exists() and part.stat().st_size > 50, 20.0)
        killed.kill()
        held = part.stat().st_size
        assert 0 < held < second.size
    offline = run("http://127.0.0.1:9")
    offline.serves(first.version)
    offline.kill()
    manners = Manners()
    with answering(publisher.vault, manners) as url:
        run(url).serves(second.version)
    ranges = [asked for _, path, asked in manners.asked if path.endswith(second.archive[2:])]
    assert ranges == [f"bytes={held}-"]


@pytest.mark.slow
def test_killed_at_any_moment_of_a_swap_it_comes_back_without_the_depot(publisher: Publisher, run: Run, tmp_path: Path):
    champions = [publisher.publish(number) for number in range(40)]
    turn = 0
    publisher.announce(publisher.pointer_to(champions[0]))
    for killed_after in (0.0, 0.007, 0.02, 0.04):
        following = run(str(publisher.vault))
        until(lambda following=following: following.lines != [], 30.0)
        for champion in champions[publisher.turn : publisher.turn + 3]:
            publisher.announce(publisher.pointer_to(champion))
            following.serves(champion.version)
        publisher.announce(publisher.pointer_to(champions[publisher.turn]))
        with pytest.raises(subprocess.TimeoutExpired):
            following.process.wait(killed_after)
        following.kill()
        told = int(following.lines[-1].partition(" ")[0])
        offline = run(str(tmp_path / "nowhere"))
        until(lambda offline=offline: offline.lines != [], 30.0)
        number, version = offline.lines[0].split()
        assert version == champions[int(number) - 1].version
        assert int(number) >= told - 1
        assert int(number) > turn
        turn = int(number)
        offline.kill()
