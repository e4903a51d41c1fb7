"""Rows that cannot be scored as they were sent, whatever protocol they came by."""

from kingmaker.domain.errors import KingmakerError


class RowsRefused(KingmakerError):
    """The sender must change the request: `code` says how it is wrong, `where` in which row and field.

    body_malformed: not JSON. number_out_of_range: larger than a double. rows_expected: neither an object nor an array of
    objects. rows_too_many: more than one request may hold. field_invalid: a value of the wrong kind. field_unknown: a field
    the model does not read, where those are refused. reasons_unavailable: the model cannot be explained here.
    """

    def __init__(self, what: str, *, code: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.code = code
