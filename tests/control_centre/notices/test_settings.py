"""What is set up for telling people, and when they are left alone."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.control.notifying.hours import QuietHours, quiet_hours
from kingmaker.control.notifying.settings import NotifySettings
from kingmaker.domain.errors import KingmakerError
from kingmaker.settings import SettingError


def test_without_anything_set_nobody_is_told() -> None:
    assert NotifySettings.from_environment({}) == NotifySettings()


def test_everything_may_be_set(tmp_path: Path) -> None:
    file = tmp_path / "places"
    file.write_text("# the risk team\nslack://T/A/X\n\n  mailtos://ann:pw@example.com  \n", encoding="utf-8")
    found = NotifySettings.from_environment(
        {
            "KINGMAKER_NOTIFY": "dingtalk://token/1 wecombot://key",
            "KINGMAKER_NOTIFY_FILE": str(file),
            "KINGMAKER_WEBHOOKS": "https://a.example/x\nhttp://b.example/y",
            "KINGMAKER_WEBHOOK_SECRET": " s3cr3t ",
            "KINGMAKER_QUIET_HOURS": "22:00-07:30 Asia/Shanghai",
            "KINGMAKER_LINK": "https://kingmaker.example/",
        }
    )
    assert found.urls == ("dingtalk://token/1", "wecombot://key", "slack://T/A/X", "mailtos://ann:pw@example.com")
    assert found.webhooks == ("https://a.example/x", "http://b.example/y")
    assert (found.webhook_secret, found.link) == ("s3cr3t", "https://kingmaker.example")
    assert found.quiet_hours == QuietHours(begins=time(22), ends=time(7, 30), zone="Asia/Shanghai")
    assert "token" not in repr(found)
    assert "s3cr3t" not in repr(found)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"KINGMAKER_WEBHOOKS": "https://a.example/t0ken"}, "KINGMAKER_WEBHOOK_SECRET is not"),
        ({"KINGMAKER_WEBHOOKS": "ftp://t0ken", "KINGMAKER_WEBHOOK_SECRET": "s"}, "holds what is no web address"),
        ({"KINGMAKER_NOTIFY_FILE": "/no/such/file"}, "KINGMAKER_NOTIFY_FILE cannot be read"),
        ({"KINGMAKER_QUIET_HOURS": "at night"}, "KINGMAKER_QUIET_HOURS: 'at night' are no quiet hours"),
        ({"KINGMAKER_QUIET_HOURS": "22:00-07:00 Mars/Olympus"}, "there is no time zone 'Mars/Olympus'"),
    ],
)
def test_what_is_set_wrongly_is_told_without_secrets(said: dict[str, str], told: str) -> None:
    with pytest.raises(SettingError) as refused:
        NotifySettings.from_environment(said)
    assert told in str(refused.value)
    assert "t0ken" not in str(refused.value)


@pytest.mark.parametrize(
    "written", ["22-7", "24:00-07:00", "22:60-07:00", "07:00-07:00", "22:00-07:00 UTC too", "٢٢:00-07:00"]
)
def test_what_are_no_quiet_hours_is_a_sentence(written: str) -> None:
    with pytest.raises(KingmakerError, match="are no quiet hours"):
        quiet_hours(written)


def test_quiet_hours_go_over_midnight_or_not() -> None:
    night, noon = quiet_hours("22:00-07:00"), quiet_hours("12:00-13:00")
    clock = {hour: datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(24)}
    assert [hour for hour in clock if night.hold(clock[hour])] == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert [hour for hour in clock if noon.hold(clock[hour])] == [12]
    assert night.end_after(clock[23]) == datetime(2026, 3, 2, 7, tzinfo=UTC)


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    begins=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]),
)
def test_either_the_hours_or_their_opposite_hold(moment: datetime, begins: time, ends: time, zone: str) -> None:
    if begins != ends:
        hours = QuietHours(begins=begins, ends=ends, zone=zone)
        opposite = QuietHours(begins=ends, ends=begins, zone=zone)
        assert hours.hold(moment) != opposite.hold(moment)
        assert hours.end_after(moment) > moment
