"""Every text is there in every language, with the same words to fill in; none is left over."""

import re
from pathlib import Path
from string import Formatter

import pytest

from kingmaker.interfaces import web_ui
from kingmaker.interfaces.cli.rooms import ROOMS
from kingmaker.interfaces.web_ui.texts.catalogue import LANGUAGES, catalogue, texts_in

SOURCE = Path(web_ui.__file__).parent
USED = re.compile(r"""\bt\(\s*["']([a-z_]+(?:\.[a-z_0-9]+)+)["']|title=["']([a-z_]+\.[a-z_]+)["']""")
BUILT = re.compile(r"""\bt\(\s*f["']([a-z_.]+)\{""")


COMMAND = re.compile(r"\bkingmaker ([a-z][a-z-]*)")
COMMANDS = {command for commands in ROOMS.values() for command in commands}


def words_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_text_is_there_in_every_language_with_the_same_words_to_fill_in(name: str):
    told = catalogue()[name]
    assert set(told) == set(LANGUAGES)
    assert all(text.strip() for text in told.values())
    assert len({frozenset(words_in(text)) for text in told.values()}) == 1


def test_every_text_that_a_page_asks_for_is_there_and_none_is_left_over():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    used = {one or other for one, other in USED.findall(code)}
    beginnings = tuple(BUILT.findall(code))
    known = set(catalogue())
    assert used <= known, sorted(used - known)
    left = {name for name in known if not re.search(rf"['\"]{name}['\"]", code) and not name.startswith(beginnings)}
    assert not left, sorted(left)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_command_that_a_text_names_exists(name: str):
    for text in catalogue()[name].values():
        for command in COMMAND.findall(text):
            assert command in COMMANDS


def test_words_are_filled_in():
    assert texts_in("en")("frame.logged_in_as", name="ada") == "ada is logged in"
