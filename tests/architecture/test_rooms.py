"""Small rooms with telling names, no doubles in tests, nothing executed on read, nothing of this machine."""

import ast
import re
from pathlib import Path

import pytest

from .tree import SOURCE, TESTS, imported, modules, name_of, names_in, syntax, tracked_texts

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
WRITTEN_ONCE = SOURCE / "adapters" / "ledgers" / "migrations"
"""A migration is a list of tables that never changes again: dividing it would only hide its order."""
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "service"}
DOUBLES = {"mock", "Mock", "MagicMock", "AsyncMock", "patch", "mocker"}
SURROUNDINGS = {"setenv", "delenv", "chdir", "syspath_prepend", "setattr('tempfile.tempdir'"}
"""What a test may change of its own process: where it stands, never what the code under test does."""
EXECUTED_ON_READ = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
OF_ONE_MACHINE = re.compile("|".join([
    r"(?<![\w./$}])/" + r"work/",
    r"(?<![\w./$}])/" + r"tmp/km\b",
    r"(?<![\w./$}])/" + r"(home|Users)/\w+/",
    r"(?<![\w./$}])/" + r"root/",
    r"--(extra-)?index-" + r"url",
    r"https?://[^\s\"']*/" + r"simple\b",
    r"files\.python" + r"hosted\.org",
    r"\bpypi\." + r"(?!org/project)[a-z]",
]))  # fmt: skip
"""Folders of a developer's machine, and hosts that packages were fetched from."""


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(syntax(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_a_module_is_read_on_a_few_screens() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(SOURCE)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}, "split it by meaning"


def test_a_function_does_one_step() -> None:
    long = {
        f"{name_of(path)}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in modules(SOURCE)
        if WRITTEN_ONCE not in path.parents
        for function in functions(path)
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}, "divide it into steps"


def test_a_name_says_what_is_inside() -> None:
    parts = {name_of(path): {*path.relative_to(SOURCE).with_suffix("").parts} for path in modules(SOURCE)}
    assert {name: said for name, said in parts.items() if said & SAYS_NOTHING} == {}


def test_tests_use_the_real_thing() -> None:
    doubles = {name_of(path): names_in(path) & DOUBLES for path in modules(TESTS)}
    assert {name: used for name, used in doubles.items() if used} == {}, "the embedded adapters are the test doubles"


def test_tests_change_their_surroundings_and_never_the_code() -> None:
    used = {name_of(path): _monkeypatched(path) for path in modules(TESTS)}
    assert {name: calls - SURROUNDINGS for name, calls in used.items() if calls - SURROUNDINGS} == {}


def _monkeypatched(path: Path) -> set[str]:
    calls = [node for node in ast.walk(syntax(path)) if isinstance(node, ast.Call)]
    methods = [(call.func, call.args) for call in calls if isinstance(call.func, ast.Attribute)]
    return {
        f"setattr({ast.unparse(arguments[0])}" if method.attr == "setattr" else method.attr
        for method, arguments in methods
        if ast.unparse(method.value) == "monkeypatch"
    }


def test_nothing_that_is_read_is_executed() -> None:
    found = {name_of(path): {name.partition(".")[0] for name in imported(path)} for path in modules(SOURCE)}
    assert {name: used & EXECUTED_ON_READ for name, used in found.items() if used & EXECUTED_ON_READ} == {}


@pytest.mark.parametrize("builtin", ["eval", "exec", "compile", "__import__"])
def test_no_text_becomes_code(builtin: str) -> None:
    callers = [name_of(path) for path in modules(SOURCE) if builtin in _called(path)]
    assert callers == []


def _called(path: Path) -> set[str]:
    calls = [node.func for node in ast.walk(syntax(path)) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


def test_arrays_are_loaded_without_objects() -> None:
    unsafe = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules(SOURCE)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.load" and not _forbids_objects(node)
    ]
    assert unsafe == [], "say allow_pickle=False"


def _forbids_objects(call: ast.Call) -> bool:
    return any(word.arg == "allow_pickle" and ast.unparse(word.value) == "False" for word in call.keywords)


def test_no_tracked_file_knows_the_machine_it_was_written_on() -> None:
    found = {
        name: sorted({match.group() for match in OF_ONE_MACHINE.finditer(text)})
        for name, text in tracked_texts()
        if OF_ONE_MACHINE.search(text)
    }
    assert found == {}
