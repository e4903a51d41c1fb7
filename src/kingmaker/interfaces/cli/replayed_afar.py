"""`replay` at a control centre: its pipeline file handed in, a replay asked for, and followed as if it were here."""

import time

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.replay import Holds, ReplayRequest, ReplayState
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.following import left_alone
from kingmaker.interfaces.cli.pipelines import text_of
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.replayed import show_replay, write_page
from kingmaker.interfaces.cli.replaying import Asked
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.client import Client

_LOOK_SECONDS = 1.0


def replay_at(desk: Desk, asked: Asked, *, json: bool) -> None:
    """Declare what the file says, if that is new, and ask for a replay of it. Raises the error that it ended with."""
    _refuse_what_is_decided_there(asked)
    text = text_of(asked.pipeline)
    with desk.client() as client:
        request = client.ask_replay(
            client.declare(text).pipeline,
            from_month=asked.first,
            to_month=asked.last,
            every=asked.every,
            policies=[policy.strip() for policy in asked.policies.split(",")],
            holds=_holds(asked.holds),
        )
        _follow(desk, client, request)
        result = client.replay_result(request.number)
        if asked.out:
            write_page(asked.out, client.replay_page(request.number))
    screen = Screen(json=json)
    if json:
        screen.document(result)
        return
    show_replay(screen, result)
    if asked.out:
        screen.line(f"The page: {asked.out}")


def _follow(desk: Desk, client: Client, request: ReplayRequest) -> None:
    number, stage = request.number, ""
    ended_by = f"kingmaker cancel-replay {number} --why ..."
    with left_alone(desk, f"Replay {number} goes on", ended_by), TerminalProgress() as progress:
        progress.say(f"replay {number} of {request.order.pipeline}: {request.order.dates} dates {desk.place}")
        while not request.state.is_over():
            time.sleep(_LOOK_SECONDS)
            request = client.replay(number)
            known = request.progress
            if known is None:
                continue
            if known.stage != stage:
                stage = known.stage
                progress.stage(stage, "the first dates")
            progress.advance(known.done, known.total, f"{known.dates_done} of {request.order.dates} dates")
    if request.state is not ReplayState.FINISHED:
        raise KingmakerError(f"replay {number} is {request.state.value}", remedy=request.detail)


def _refuse_what_is_decided_there(asked: Asked) -> None:
    said = {"--workers": asked.workers, "--seed": asked.seed}
    for option, value in said.items():
        if value is not None:
            raise KingmakerError(
                f"{option} is for a replay on this machine", remedy="Leave it out: the control centre decides."
            )


def _holds(word: str) -> Holds:
    try:
        return Holds(word)
    except ValueError:
        raise KingmakerError(
            f"--holds does not know {word!r}", remedy=f"It knows {', '.join(one.value for one in Holds)}."
        ) from None
