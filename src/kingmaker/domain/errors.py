"""What can go wrong, said once: what is wrong, where, and what to do about it."""


class KingmakerError(Exception):
    """Root of every error that a person should read as a sentence, never as a traceback.

    `what` is one sentence without a full stop, `where` names file, line, column, row or id, `remedy` says what to do.
    `code` is stable and machine-readable; interfaces map it to an exit code or an HTTP status.
    """

    code = "error"

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The error as one line: `where: what. remedy.`"""
        head = f"{self.where}: {self.what}" if self.where else self.what
        ended = head if head.endswith("?") else f"{head.rstrip('.')}."
        return f"{ended} {self.remedy}".strip()


class DeclarationError(KingmakerError):
    """The pipeline file does not say what a pipeline file must say."""

    code = "declaration_invalid"


class SourceError(KingmakerError):
    """The source could not be read, or a task over it failed."""

    code = "source_unreadable"


class DataRefused(KingmakerError):
    """The data were read but cannot honestly be trained on: nothing was changed."""

    code = "data_refused"


class LeakFound(DataRefused):
    """Columns know the outcome: they were filled after the decision."""

    code = "leak_found"


class RunRefused(KingmakerError):
    """The run cannot start now, for instance because another run of the pipeline is under way."""

    code = "run_refused"


class LeaseLost(KingmakerError):
    """Another process has taken the run over; what this one did after losing the lease was not recorded."""

    code = "lease_lost"


class NotFound(KingmakerError):
    """Nothing is stored under that name."""

    code = "not_found"


class ChampionMoved(KingmakerError):
    """The champion changed between the decision and the promotion, so the promotion was not carried out."""

    code = "champion_moved"


class BundleRefused(KingmakerError):
    """The bundle is not what its publisher signed, or does not do what it promised on its golden rows."""

    code = "bundle_refused"


class ParityBroken(BundleRefused):
    """The graph does not answer what the native model answers, so it is not published."""

    code = "parity_broken"


class PointerRefused(KingmakerError):
    """The pointer is not one that a trusted publisher signed, or says what no pointer may say."""

    code = "pointer_refused"


class GraphUnsupported(KingmakerError):
    """The model uses a feature whose ONNX form is not known to be exact."""

    code = "graph_unsupported"


class TamperFound(KingmakerError):
    """A ledger row or a stored file is not what was written."""

    code = "tamper_found"


class StorageFailed(KingmakerError):
    """The disk or database refused a write; what was being written was taken back."""

    code = "storage_failed"


class StorageUnreachable(StorageFailed):
    """The database does not answer, or broke off: what was being written was taken back, and may succeed later."""

    code = "storage_unreachable"


class RunCancelled(KingmakerError):
    """Somebody asked for the end of the run, which stopped."""

    code = "run_cancelled"


class Conflict(KingmakerError):
    """What is asked for contradicts what was asked before, or what is."""

    code = "conflict"


class ChampionFrozen(KingmakerError):
    """The champion is frozen: nothing but a roll-back moves it until somebody lifts the freeze."""

    code = "champion_frozen"


class NotLoggedIn(KingmakerError):
    """Nobody who is known asks: the token or the session is missing, wrong, expired or revoked."""

    code = "not_logged_in"


class Forbidden(KingmakerError):
    """Whoever asks is known, but may not do this."""

    code = "forbidden"


class TooMany(KingmakerError):
    """More was asked in a short time than is allowed, or more at once than is kept. `retry_after`: seconds."""

    code = "too_many"
    retry_after = 1


class ServerUnreachable(KingmakerError):
    """The control centre does not answer, or not as a control centre does."""

    code = "server_unreachable"
