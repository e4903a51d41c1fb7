"""Compiles the library that scores into the package, where there is a C compiler; without one the package is pure Python."""

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src/kingmaker/bundle/native")
SOURCES, LIBRARY = ("trees.c", "steps.c", "reading.c", "shortest.c", "lines.c"), FOLDER / "trees.so"
# No -ffast-math and no fused multiply-add: the sums must be onnxruntime's, bit for bit.
FLAGS = ("-std=c99", "-O3", "-fPIC", "-shared", "-ffp-contract=off")


class TreeWalkerHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels and for editable installs. `CC` names the compiler (default `cc`); with `CC=` nothing is compiled."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        if not self._compiled():
            return
        build_data["artifacts"].append(LIBRARY.as_posix())
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"

    def _compiled(self) -> bool:
        root = Path(self.root)
        (root / LIBRARY).unlink(missing_ok=True)
        compiler = shlex.split(os.environ.get("CC", "cc"))
        if not compiler or shutil.which(compiler[0]) is None:
            self.app.display_info("No C compiler: trees are left to onnxruntime, which gives the same answers.")
            return False
        # Written beside and renamed: a process that has the library open keeps the old one.
        part = root / LIBRARY.with_suffix(f".{os.getpid()}.part")
        sources = [str(root / FOLDER / source) for source in SOURCES]
        made = subprocess.run(  # noqa: S603 - the compiler that the person who builds has named
            [*compiler, *FLAGS, *sources, "-o", str(part), "-lm"], capture_output=True, text=True, check=False
        )
        if made.returncode:
            part.unlink(missing_ok=True)
            self.app.display_warning(
                f"Trees are left to onnxruntime: {compiler[0]} failed: {made.stderr.strip()[-500:]}"
            )
            return False
        part.replace(root / LIBRARY)
        return True


def _platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
