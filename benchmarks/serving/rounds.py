"""The contest: in each round every server is started, checked, loaded, measured and stopped, one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.contenders.contender import Contender, Place
from benchmarks.serving.environments import programs_of
from benchmarks.serving.load import POINTS, WITH_HELLOS, Load, Point, send, write_bodies, wrk_command
from benchmarks.serving.measure import cpu_seconds, memory
from benchmarks.serving.questions import Questions
from benchmarks.serving.server import Server, free_port, running

_CHECKED_SINGLES, _CHECKED_BATCHES = 64, 4
_WARM_UP = Point(8, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One contender in one round. Memory is that after the load; `loads` are by the point's name."""

    contender: str
    first_answer_seconds: float
    rss_mb: float
    pss_mb: float
    largest_difference: float
    unlogged_rows: int
    loads: dict[str, Load]


def hold(
    contenders: Sequence[Contender],
    folder: Path,
    environments: Path,
    questions: Questions,
    *,
    rounds: int,
    seconds: int,
) -> dict[str, list[Measured]]:
    """All rounds; each begins with another contender, so that none always meets the same neighbour. Raises Unfit."""
    found: dict[str, list[Measured]] = {one.name: [] for one in contenders}
    for number in range(rounds):
        turn = number % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            place = Place(folder=folder, programs=programs_of(contender, environments), port=free_port())
            measured = measure(contender, place, questions, seconds)
            found[contender.name].append(measured)
            print(f"  round {number + 1}: {_line(contender, measured)}", flush=True)
    return found


def measure(contender: Contender, place: Place, questions: Questions, seconds: int) -> Measured:
    """One turn of one contender. Raises Unfit when it does not start or answers wrongly."""
    contender.prepare(place)
    bodies = write_bodies(contender, questions, place.folder)
    asked = [*questions.singles()[:_CHECKED_SINGLES], *questions.batches()[:_CHECKED_BATCHES]]
    with running(contender, place, questions) as server:
        difference = server.largest_difference(asked)
        _send(server, bodies, _WARM_UP, 1)
        points = WITH_HELLOS if contender.hello else POINTS
        loads = {point.name: _send(server, bodies, point, seconds) for point in points}
        used = memory(server.pid)
        unlogged = server.unlogged()
    return Measured(
        contender=contender.name,
        first_answer_seconds=server.first_answer_seconds,
        rss_mb=used.rss_mb,
        pss_mb=used.pss_mb,
        largest_difference=difference,
        unlogged_rows=unlogged,
        loads=loads,
    )


def _send(server: Server, bodies: dict[int, Path], point: Point, seconds: int) -> Load:
    command = wrk_command(server.contender, bodies, server.port, point, seconds)
    return send(command, lambda: cpu_seconds(server.pid))


def _line(contender: Contender, measured: Measured) -> str:
    loads = ", ".join(f"{name} {load.requests_per_second:,.0f}/s" for name, load in measured.loads.items())
    return f"{contender.title}: first answer {measured.first_answer_seconds:.1f} s, {measured.rss_mb:.0f} MB; {loads}"
