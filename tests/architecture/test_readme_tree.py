"""The tree in the README is the tree on disk.

Format: under a heading that ends in "The house", one fenced block. Every line in it that shows a folder of `src/kingmaker`
begins with `├─ name/` or `└─ name/`, its own folders one level down with `│  ├─ name/`, `│  └─ name/`, `   ├─ name/` or
`   └─ name/`; a folder's line may go on with words about it. Other lines (the root, modules, further words) are not looked at.
"""

import re
from pathlib import Path

import pytest

from .tree import ROOT, SOURCE

HEADING = re.compile(r"^#+ .*\bThe house\s*$", re.MULTILINE)
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
FOLDER = re.compile(r"^(?P<inside>[│ ]  )?[├└]─ (?P<name>[a-z_]+)/(?:\s|$)")


def folders_shown(page: str) -> set[str]:
    """Folders that the README shows, as `name` or `name/inside`. Raises AssertionError saying what the page lacks."""
    heading = HEADING.search(page)
    assert heading, (
        'README.md has no heading "The house": put one there, with the tree of src/kingmaker in a fenced block'
    )
    block = FENCED.search(page, heading.end())
    assert block, 'README.md has no fenced block under "The house": show the tree of src/kingmaker there'
    shown: set[str] = set()
    above = ""
    for line in block.group(1).splitlines():
        found = FOLDER.match(line)
        if not found:
            continue
        if found["inside"]:
            shown.add(f"{above}/{found['name']}")
        else:
            above = found["name"]
            shown.add(above)
    return shown


def folders_on_disk(root: Path) -> set[str]:
    """Packages of `root`, and those whose parent shows some inside: one level down at most."""
    packages = {path.parent.relative_to(root) for path in root.rglob("__init__.py")}
    return {path.as_posix() for path in packages if 1 <= len(path.parts) <= 2}


def test_the_readme_shows_the_house_as_it_is() -> None:
    shown, there = folders_shown((ROOT / "README.md").read_text(encoding="utf-8")), folders_on_disk(SOURCE)
    top = {name for name in there if "/" not in name}
    opened = {name.partition("/")[0] for name in shown if "/" in name}
    expected = top | {name for name in there if name.partition("/")[0] in opened}
    assert shown - expected == set(), "README.md shows folders that are not in src/kingmaker"
    assert expected - shown == set(), "src/kingmaker has folders that the tree in README.md lacks"


EXAMPLE = """\
# Kingmaker

## 4. The house

```
src/kingmaker/
├─ domain/        words
├─ loop/
│  ├─ judging/    gates
│  └─ publishing/
├─ settings.py
└─ interfaces/
   └─ cli/
```
"""


def test_folders_are_read_off_the_tree_one_level_down() -> None:
    assert folders_shown(EXAMPLE) == {
        "domain",
        "loop",
        "loop/judging",
        "loop/publishing",
        "interfaces",
        "interfaces/cli",
    }


@pytest.mark.parametrize(
    ("page", "lack"), [("# Kingmaker\n", "no heading"), ("## The house\nWords.\n", "no fenced block")]
)
def test_a_page_without_a_tree_is_told_what_it_lacks(page: str, lack: str) -> None:
    with pytest.raises(AssertionError, match=lack):
        folders_shown(page)
