"""How long the rest of a replay takes."""

from kingmaker.loop.replaying.pace import Pace
from kingmaker.loop.replaying.plan import Kind, Step

STUDIES = [Step(kind=Kind.STUDY, at=at) for at in range(10)]
DECISIONS = [Step(kind=Kind.DECIDE, at=at, subject="proven") for at in range(10)]


def test_the_time_left_is_told_by_kind_and_shared_by_the_workers() -> None:
    pace = Pace([*STUDIES, *DECISIONS], workers=2)
    pace.note(STUDIES[0], 10.0)
    pace.note(DECISIONS[0], 2.0)
    assert pace.note_left() == "about 54 s left"
    pace.note(STUDIES[1], 30.0)
    assert pace.note_left() == "about 89 s left"


def test_a_kind_that_nothing_is_known_of_makes_it_more() -> None:
    pace = Pace([*STUDIES, *DECISIONS], workers=1)
    assert pace.note_left() == "the time left is not known yet"
    pace.note(STUDIES[0], 60.0)
    assert pace.note_left() == "more than 9 min left"


def test_steps_that_were_found_done_tell_nothing() -> None:
    pace = Pace(STUDIES, workers=1)
    pace.note(STUDIES[0], 0.001)
    assert pace.note_left() == "the time left is not known yet"
    assert pace.done == 1
