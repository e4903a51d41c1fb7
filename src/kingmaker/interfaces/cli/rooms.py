"""Which module adds which commands, and what each does, told without importing any of them.

Training libraries take seconds to load; the help needs none of them, and reading who is champion hardly any.
"""

from collections.abc import Sequence

ROOMS = {
    "centre": {
        "up": "Start everything on this machine: control centre, scheduler, training, and an endpoint for each pipeline.",
        "control": "Serve the control centre alone; any number of them, and of workers, share one ledger.",
    },
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
        "replays": "List replays that were asked for at the control centre, newest first.",
        "cancel-replay": "End a replay that was asked for; it stops within seconds.",
    },
    "listing": {
        "runs": "List runs, newest first.",
        "faults": "List what failed while runs went on, newest first.",
    },
    "asking": {
        "ask": "Ask for a run of a declared pipeline; whoever works for the control centre takes it up.",
        "queue": "List what was asked for, newest first.",
        "withdraw": "Take a request back that waits.",
        "cancel": "End a run; it stops within seconds, with the trials under way.",
        "retry": "Ask again for what a run that is over was asked for: its declaration and its day.",
        "follow": "Follow a run while it works, to its verdict.",
    },
    "pipelines": {
        "pipelines": "List pipelines, who is in force in each, and what waits.",
        "declare": "Keep a pipeline file as the pipeline's newest declaration.",
    },
    "scheduling": {
        "schedule": "When pipelines run by themselves.",
    },
    "telling": {
        "explain": "Say why: what was read and left out, how each stage went, every gate, and the verdict.",
        "trials": "List a run's trials, best first, with their areas under the curve and how they ended.",
        "report": "Write one self-contained HTML page about a run, for a model-risk committee.",
    },
    "documented": {
        "document": "Write a version's model-risk document: one self-contained HTML page, which a browser prints as PDF.",
    },
    "champions": {
        "champion": "Say which version is in force, since when and why.",
        "history": "List every champion there was, oldest first.",
        "versions": "List published model versions, newest first.",
        "rollback": "Put an earlier version back in force, after proving that its bundle still keeps its promises.",
        "approve": "Put a held run's version in force.",
        "reject": "Refuse a held run's version for good.",
        "promote": "Put any published version in force, after proving it.",
    },
    "freezing": {
        "freeze": "Let the champion stay, whatever wins; a roll-back stays possible.",
        "unfreeze": "Let the champion be replaced again.",
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
    "monitoring": {
        "monitor": "Say how endpoints fare: volumes, drift, approval rate, latency, errors, early delinquency.",
        "alarms": "List readings that crossed their limit, newest first.",
    },
    "outcomes": {
        "outcomes": "What became of loans, handed in as files.",
    },
    "access": {
        "token": "Tokens: what programs and endpoints show to the control centre.",
        "person": "People who log in at the control centre.",
    },
    "housekeeping": {
        "notices": "List what people outside were told, or are to be, newest first.",
        "sweep": "Remove old snapshots, trials and logs that neither a champion nor the audit needs.",
    },
    "sealing": {
        "key": "The keys that seal what this home stores.",
    },
    "erasing": {
        "erase": "Take one customer's rows out of everything that is kept; `--check` proves that nothing holds them.",
        "erasures": "List erasures, newest first: keyed hashes, and never whom.",
    },
    "health": {
        "doctor": "Check packages, home folder, ledger, vault, keys, champions, pointers and the engine.",
        "audit": "The hash-chained audit log.",
    },
}
"""Modules beside this one, in the order in which the help lists their commands; a test holds the sentences to theirs."""

HERE_ONLY = dict.fromkeys(("init", "check", "schema"), "Leave --server out: it reads files of this machine.") | {
    "score": "Leave --server out; `kingmaker export champion FILE` fetches the bundle that scores elsewhere.",
    "resume": "Leave --server out: a control centre goes on with its runs by itself.",
    "up": "Leave --server out: it is a control centre.",
    "control": "Leave --server out: it is a control centre.",
    "worker": "Leave --server out: it works for the ledger of --home or KINGMAKER_LEDGER.",
    "conduct": "Leave --server out.",
    "conduct-replay": "Leave --server out.",
    "endpoint": "Say --from URL: an endpoint follows its control centre.",
    "key": "Leave --server out: keys are changed where they lie.",
}
"""Commands that mean this machine, and what to do for those who name a control centre."""

HIDDEN = {"conduct": "working", "conduct-replay": "working"}
"""Commands that other commands start, and no person: the module of each."""


def command_in(arguments: Sequence[str]) -> str:
    """The word that should name a command; empty without one."""
    words = iter(arguments)
    for word in words:
        if word in {"--home", "--server"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def room_of(command: str) -> str | None:
    """The one room that knows the command; None when none does."""
    return next((room for room, commands in ROOMS.items() if command in commands), HIDDEN.get(command))
