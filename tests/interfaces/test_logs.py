"""Logs say when, how grave, what, and about which run."""

import json
import logging
import sys

from kingmaker.interfaces.logs import JsonLines, Lines, current_run


def record(message: str, *arguments: object, mistaken: bool = False) -> logging.LogRecord:
    told = None
    if mistaken:
        try:
            1 // 0  # noqa: B018 - for its traceback
        except ZeroDivisionError:
            told = sys.exc_info()
    made = logging.LogRecord("kingmaker.control", logging.WARNING, __file__, 1, message, arguments, told)
    made.created = 1_772_366_400.25
    return made


def test_a_line_for_programs_is_one_json_object_with_the_run_it_is_about():
    before = current_run.set(12)
    told = json.loads(JsonLines().format(record("the disk of %s is full", "node 1")))
    current_run.reset(before)
    assert told == {
        "at": "2026-03-01T12:00:00.250000Z",
        "level": "warning",
        "logger": "kingmaker.control",
        "message": "the disk of node 1 is full",
        "run": 12,
    }


def test_a_line_outside_of_any_run_names_none():
    assert "run" not in json.loads(JsonLines().format(record("well")))
    assert Lines().format(record("well")) == "2026-03-01 12:00:00 WARNING well"


def test_what_nobody_foresaw_keeps_its_traceback():
    told = json.loads(JsonLines().format(record("failed", mistaken=True)))
    assert told["traceback"].endswith("by zero")
    assert "\n" not in JsonLines().format(record("failed", mistaken=True))
    assert Lines().format(record("failed", mistaken=True)).endswith("by zero")
