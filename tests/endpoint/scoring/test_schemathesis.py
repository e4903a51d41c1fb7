"""Schemathesis holds the endpoint to its own description."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.endpoint.hosting import Running, deployed, running, standing_of
from tests.endpoint.platforms.models import contents_of
from tests.endpoint.scoring.test_reasons import GROUNDS

from kingmaker.bundle.keys import SigningKey

EXAMPLES = "40"
BEYOND_SCHEMAS = "/(infer|invocations)$"
"""Paths that take tensors, CSV and MLflow's forms, of which a schema cannot say which fit the model."""


@pytest.fixture(scope="module")
def every_route(key: SigningKey, folder: Path) -> Iterator[Running]:
    with running(standing_of(deployed(replace(contents_of(), grounds=GROUNDS), key, folder))) as here:
        yield here


def run(here: Running, tmp_path: Path, *options: str) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--no-color",
        "run",
        f"http://{here.address}/schema",
    ]
    chosen = ["--phases", "examples,coverage,fuzzing", "-n", EXAMPLES, "--seed", "7", "--workers", "1"]
    ran = subprocess.run([*command, *chosen, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-2_000:]


@pytest.mark.slow
def test_the_endpoint_keeps_to_its_description(every_route: Running, tmp_path: Path) -> None:
    run(every_route, tmp_path, "--exclude-path-regex", BEYOND_SCHEMAS)


@pytest.mark.slow
def test_what_a_schema_cannot_tell_apart_is_answered_as_described_too(every_route: Running, tmp_path: Path) -> None:
    unsaid = "positive_data_acceptance,negative_data_rejection"
    run(every_route, tmp_path, "--include-path-regex", BEYOND_SCHEMAS, "--exclude-checks", unsaid)
