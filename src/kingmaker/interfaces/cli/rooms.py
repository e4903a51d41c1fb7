"""Which module adds which commands, and what each does, told without importing any of them.

Training libraries take seconds to load; the help needs none of them, and reading who is champion hardly any.
"""

from collections.abc import Sequence

ROOMS = {
    "declaring": {
        "init": "Write a pipeline file from your data, with every guess and every forbidden column explained.",
        "check": "Validate a pipeline file; every error with its line and column.",
        "schema": "Print the JSON Schema of the pipeline file, for editors that complete it.",
    },
    "running": {
        "run": "Do one turn of the loop: extract, prepare, train, select, publish.",
        "resume": "Go on with an unfinished run from its last finished stage.",
    },
    "replaying": {
        "replay": "Replay policies over your own past: what unattended retraining would have done.",
    },
    "listing": {
        "runs": "List runs, newest first.",
    },
    "telling": {
        "explain": "Say why: what was read and left out, how each stage went, every gate, and the verdict.",
        "trials": "List a run's trials, best first, with their areas under the curve and how they ended.",
        "report": "Write one self-contained HTML page about a run, for a model-risk committee.",
    },
    "champions": {
        "champion": "Say which version is in force, since when and why.",
        "history": "List every champion there was, oldest first.",
        "versions": "List published model versions, newest first.",
        "rollback": "Put an earlier version back in force, after proving that its bundle still keeps its promises.",
        "approve": "Put a held run's version in force.",
        "reject": "Refuse a held run's version for good.",
    },
    "deploying": {
        "shadow": "Let a version score every application unseen beside the champion, after proving it; `--stop` ends that.",
        "canary": "Let a version answer for a small share of the applications, after proving it; `--stop` ends that.",
        "endpoints": "List what each endpoint serves, and how far it is behind what was announced.",
    },
    "budget": {
        "budget": "Show a pipeline's error budget and its looks at test windows; `budget reset` writes the spent one off.",
    },
    "scoring": {
        "score": "Score a raw file of any size in bounded memory with the champion's proven bundle.",
    },
    "serving": {
        "endpoint": "Serve the champion over HTTP, and each next one as soon as it is published and proven.",
    },
    "handing_out": {
        "export": "Copy a version's signed bundle out of the vault, after proving it.",
        "keys": "Show this home's public key, and the keys whose bundles it trusts.",
    },
    "working": {
        "worker": "Conduct the runs that are asked for, on this machine, for the control centre of its ledger.",
    },
    "health": {
        "doctor": "Check packages, home folder, ledger, vault, keys, champions, pointers and the engine.",
        "audit": "The hash-chained audit log.",
    },
}
"""Modules beside this one, in the order in which the help lists their commands; a test holds the sentences to theirs."""

HIDDEN = {"conduct": "working"}
"""Commands that other commands start, and no person: the module of each."""


def command_in(arguments: Sequence[str]) -> str:
    """The word that should name a command; empty without one."""
    words = iter(arguments)
    for word in words:
        if word == "--home":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def room_of(command: str) -> str | None:
    """The one room that knows the command; None when none does."""
    return next((room for room, commands in ROOMS.items() if command in commands), HIDDEN.get(command))
