"""Numbers and findings in the words of the command line."""

from dataclasses import replace

import pytest

from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.interfaces.cli.words import figure
from kingmaker.settings import Settings

FINDING = Finding(
    check="number_as_text",
    severity=Severity.WARNING,
    column="age",
    value=None,
    limit=None,
    sentence="`age` holds numbers stored as text and is used as a category",
    remedy="Declare its kind.",
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (840.0, "840"),
        (3951.0, "3,951"),
        (0.0, "0"),
        (1e-5, "1e-05"),
        (0.02964, "0.0296"),
        (-0.1795, "-0.1795"),
        (1234.56, "1,234.6"),
        (float("nan"), "nan"),
    ],
)
def test_a_figure_has_the_digits_that_matter(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_a_finding_is_told_in_sentences_that_end() -> None:
    assert FINDING.told() == "`age` holds numbers stored as text and is used as a category. Declare its kind."
    assert replace(FINDING, sentence="the bad rate moved", remedy="").told() == "The bad rate moved."
    assert replace(FINDING, sentence="It moved.").told() == "It moved. Declare its kind."


def test_who_asks_is_never_unknown() -> None:
    assert Settings.from_environment({"KINGMAKER_USER": "ada", "USER": "root"}).by == "ada"
    assert Settings.from_environment({"USER": "", "LOGNAME": "grace"}).by == "grace"
    assert Settings.from_environment({}).by not in {"", "unknown"}
