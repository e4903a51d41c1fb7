"""The peers' environments: one each, of pinned packages, so that none disturbs another or ours."""

import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from benchmarks.serving.contenders.contender import SERVING, Contender

DEFAULT = SERVING.parent / ".venvs"


def programs_of(contender: Contender, environments: Path) -> Path:
    """The folder of the contender's programs: its own, or that of the Python that runs this."""
    if contender.requirements is None:
        return Path(sys.executable).parent
    return environments.resolve() / contender.name / "bin"


def absent(contenders: Sequence[Contender], environments: Path) -> list[Contender]:
    """The contenders whose environment is not there, or not as its list of packages now says."""
    return [one for one in contenders if one.requirements is not None and not _is_ready(one, environments)]


def need_all(contenders: Sequence[Contender], environments: Path) -> None:
    """Ends the program with a sentence when an environment is missing."""
    missing = absent(contenders, environments)
    if missing:
        names = ", ".join(one.name for one in missing)
        raise SystemExit(
            f"No environment in {environments} for: {names}. Make them with"
            f" `python -m benchmarks.serving --install --venvs {environments}` (some 2 GB), or name others with --contenders."
        )


def install(contender: Contender, environments: Path) -> None:
    """Make the environment. The list names every package, so that nothing else is fetched (no CUDA libraries, for instance)."""
    if contender.requirements is None:
        return
    folder = environments / contender.name
    print(f"  installing {contender.title} into {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "-r", contender.requirements], check=True)
    _mark(contender, environments).write_text(_digest(contender.requirements), encoding="utf-8")


def _is_ready(contender: Contender, environments: Path) -> bool:
    mark = _mark(contender, environments)
    return contender.requirements is not None and mark.is_file() and mark.read_text() == _digest(contender.requirements)


def _mark(contender: Contender, environments: Path) -> Path:
    return environments / contender.name / "ready"


def _digest(requirements: Path) -> str:
    return sha256(requirements.read_bytes()).hexdigest()
