"""Whatever the description allows is asked as every role: nothing fails, answers are as described, scopes hold.

Half of what is asked is about pipelines and runs that are there, which chance would hardly find.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from docs.generate_access import DECLARATION
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.control_centre.houses import Clock, house_at

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.interfaces.control_centre.app import API, Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.control_centre.rates import Limits, Pace

CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OURS, THEIRS = "cards", "loans"
SECRET = "only_for_those_of_loans"
"""Stands in everything that the other pipeline declares."""
EXAMPLES = 5
SOME = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Asked:
    app: FastAPI
    callers: Mapping[str, Mapping[str, str]]
    """Headers by who shows them; all of them see our pipeline alone."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder: Path = tmp_path_factory.mktemp("asked")
    with house_at(folder, Clock()) as house:
        office = Office(house, owner("owner"))
        for pipeline in (THEIRS, OURS):
            text = DECLARATION.replace("pipeline: loans", f"pipeline: {pipeline}")
            office.declare(text.replace("loans.csv", f"{SECRET}.csv") if pipeline == THEIRS else text)
            office.ask(pipeline)
            house.ledger.claim("documentation")
        callers = {
            role.value: {"Authorization": f"Bearer {office.make_token(role, role, pipelines=[OURS]).secret}"}
            for role in Role
        }
        wide = Limits(failures=Pace(1e6, 10**6), address=Pace(1e6, 10**6), principal=Pace(1e6, 10**6))
        door = FrontDoor(house, limits=wide)
        app = build_app(Centre(house=house, doorkeeper=door, limits=wide))
        yield Asked(app, callers | {"nobody": {}})


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_asked_is_answered_as_described(asked: Asked, mode: GenerationMode):
    """What the description allows, and what it does not."""
    described = schemathesis.openapi.from_asgi(f"{API}/openapi.json", asked.app)
    client = TestClient(asked.app, raise_server_exceptions=False, follow_redirects=False)
    operations = [each.ok() for each in described.get_all_operations()]
    for operation in operations:
        if mode is GenerationMode.POSITIVE:
            _ask(operation, mode, asked, client)
        elif operation.query or operation.body or operation.path_parameters:
            with suppress(Unsatisfiable):  # whatever is sent is allowed there
                _ask(operation, mode, asked, client)
    assert len(operations) > 50


def _ask(operation: Any, mode: GenerationMode, asked: Asked, client: TestClient) -> None:
    @given(
        case=operation.as_strategy(mode),
        who=st.sampled_from(sorted(asked.callers)),
        pipeline=st.sampled_from([OURS, THEIRS, None]),
        number=st.sampled_from([1, 2, None]),
    )
    @SOME
    def run(case: schemathesis.Case, who: str, pipeline: str | None, number: int | None) -> None:
        there = {"pipeline": pipeline, "run": number, "number": number}
        case.path_parameters |= {
            name: there[name] or value for name, value in case.path_parameters.items() if name in there
        }
        answer = case.call(session=client, headers=dict(asked.callers[who]))
        case.validate_response(answer, checks=CHECKS)
        assert SECRET not in answer.text, f"{who} of {OURS} was told of {THEIRS}"

    run()
