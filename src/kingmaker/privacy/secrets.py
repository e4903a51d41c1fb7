"""Secrets by reference: `env:NAME` or `file:/PATH`. Only the reference is ever kept or told."""

import os
from collections.abc import Mapping
from pathlib import Path

from kingmaker.domain.errors import KingmakerError


class SecretMissing(KingmakerError):
    """A secret is not where its reference says."""

    code = "secret_missing"


def secret_of(reference: str, environment: Mapping[str, str] = os.environ) -> str:
    """The secret without blanks around it. Raises SecretMissing, which tells the reference alone."""
    kind, _, place = reference.partition(":")
    try:
        found = environment.get(place, "") if kind == "env" else Path(place).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        found = ""
    if not found.strip():
        what = "environment variable" if kind == "env" else "file"
        raise SecretMissing(
            f"the {what} that holds a secret is empty or missing", where=reference, remedy="Set it where the run works."
        )
    return found.strip()
