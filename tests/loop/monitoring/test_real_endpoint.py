"""From an applicant's question to the reading: a real endpoint answers, logs, ships and reports, and monitoring tells."""

import pytest
from tests.endpoint.process.running import running
from tests.loop.announcing.lender import PIPELINE
from tests.serving.following.waiting import until

from kingmaker.loop.announce import announce
from kingmaker.loop.monitor import Monitor

from .world import Applicants, World

ROWS = 700


@pytest.mark.slow
def test_what_a_real_endpoint_answered_is_counted_and_how_it_served_too(world: World):
    world.clock.now = world.house.ledger.version(PIPELINE, world.versions[0]).published_at
    folder, house = world.house.home.parent, world.house
    num, cat = Applicants().rows(ROWS)
    asked = [
        {"loan": f"L{row}", "amount": num[row, 0], "term": None if num[row, 1] != num[row, 1] else num[row, 1],
         "purpose": cat[row, 0] or None}
        for row in range(ROWS)
    ]  # fmt: skip
    with running(folder, "--name", "till-1") as endpoint:
        endpoint.is_ready_in_the_end()
        status, answers = endpoint.asked("/score", asked)
        assert status == 200
        house.ledger.crown(
            PIPELINE,
            world.versions[1],
            expected_turn=1,
            reason=house.ledger.champion(PIPELINE).reason,
            by="ann",
            why="-",
        )
        announce(house, PIPELINE)  # the endpoint reports at once that it took the next one
        until(lambda: bool(Monitor(house, PIPELINE).read().service))
        assert endpoint.leaves() == 0
    told = Monitor(house, PIPELINE).read()
    assert [(one.endpoint, one.answers) for one in told.endpoints] == [("till-1", ROWS)]
    [day] = told.days
    assert (day.version, day.is_shadow) == (world.versions[0], False)
    assert day.approved == sum(answer["decision"] == "approve" for answer in answers)
    assert all(feature.drift.day < 0.05 for feature in day.features)
    assert (told.service[0].requests, told.service[0].errors) == (1, 0)
