"""docs/how-to/monitoring.md tells every limit that monitoring knows, with its true values."""

from dataclasses import fields
from pathlib import Path

import pytest

from kingmaker.domain.alarm import AlarmKind, Limit, MonitorPolicy

PAGE = (Path(__file__).parents[2] / "docs/how-to/monitoring.md").read_text(encoding="utf-8")
POLICY = MonitorPolicy()
LIMITS = [field.name for field in fields(POLICY) if isinstance(getattr(POLICY, field.name), Limit)]


def test_every_kind_of_alarm_has_a_limit():
    assert sorted(LIMITS) == sorted(kind.value for kind in AlarmKind)


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_documented_with_its_values(name: str):
    limit: Limit = getattr(POLICY, name)
    assert f"| `{name}` | {limit.watch} | {limit.alarm} |" in PAGE


@pytest.mark.parametrize(
    "told",
    [
        f"{POLICY.least_answers} answers",
        f"{POLICY.least_requests} requests",
        f"{POLICY.least_bads} bad loans",
        f"{POLICY.days_before} days before",
    ],
)
def test_how_many_it_takes_is_documented(told: str):
    assert told in PAGE
