"""Writes the client that blocks from the awaited one, so that each verb is written once: `python docs/generate_client.py`."""  # noqa: INP001

import re
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).resolve().parents[1] / "src" / "kingmaker" / "interfaces" / "client"
WRITTEN = "# Written by docs/generate_client.py from {name}: change that file, and run it.\n"
WORDS = (
    (r"async (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bimport asyncio\n", "import time\n"),
    (r"\basyncio\.sleep\b", "time.sleep"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b__a(enter|exit)__", r"__\1__"),
    (r"\ba(close|read|iter_bytes)\(", r"\1("),
    (r"\bclient\.awaited\b", "client.blocking"),
    (r", awaited\.", ", and waited for."),
    (r"for programs that await\. .*\"\"\"", 'for programs that wait."""'),
)


def blocking(text: str, name: str) -> str:
    """The awaited module's text without its awaiting."""
    for pattern, replacement in WORDS:
        text = re.sub(pattern, replacement, text)
    docstring, rest = text.split("\n", 1)
    return _formatted(f"{docstring}\n{WRITTEN.format(name=f'awaited/{name}')}{rest}", CLIENT / "blocking" / name)


def _formatted(text: str, path: Path) -> str:
    """As the repository's formatter has it: without `await`, what took two lines may take one."""
    formatter = [sys.executable, "-m", "ruff", "format", "--no-cache", "--stdin-filename", str(path), "-"]
    return subprocess.run(formatter, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603


def written() -> dict[Path, str]:
    """Each file of `blocking/` and what belongs into it."""
    return {
        CLIENT / "blocking" / path.name: blocking(path.read_text(encoding="utf-8"), path.name)
        for path in sorted((CLIENT / "awaited").glob("*.py"))
    }


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
