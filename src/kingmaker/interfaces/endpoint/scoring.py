"""POST /score: one object gets one answer, an array of objects an array of answers."""

from typing import cast
from urllib.parse import parse_qsl

from kingmaker.interfaces.endpoint.exchange import Exchange, Route
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.serving.answers import many_answers, one_answer
from kingmaker.serving.asked import Asked, Scored
from kingmaker.serving.desk import Desk
from kingmaker.serving.explaining import MOST_REASONS
from kingmaker.serving.express import Plain
from kingmaker.serving.fields import NOT_STRICT, Fields, Rows
from kingmaker.serving.lineup import Lineup
from kingmaker.serving.refusals import RowsRefused

ARROW = frozenset({b"application/vnd.apache.arrow.stream", b"application/vnd.apache.arrow.file"})

LARGE = 128 << 10
"""A larger body is not read on the event loop: bytes."""

SLOWLY = 2 << 10
"""A larger body is not read there a second time, by the slow rules for what the typed record does not take: bytes."""

_JSON = frozenset({b"", b"application/json", b"application/json; charset=utf-8", b"text/json"})
_STATUS = {"body_malformed": 400, "number_out_of_range": 400, "rows_too_many": 413, "reasons_unavailable": 409}


class JsonAsked(Asked):
    """Rows of a JSON body."""

    __slots__ = ("desk", "exchange")

    def __init__(self, exchange: Exchange, desk: Desk, fields: Fields | None, rows: Rows | None, reasons: int) -> None:
        self.fields = fields
        self.rows = rows
        self.reasons = reasons
        self.exchange = exchange
        self.desk = desk

    def read(self, fields: Fields) -> Rows:
        return fields.read(self.exchange.body)

    def form(self, scored: Scored, start: int) -> bytes:
        rows = self.rows
        assert rows is not None, "rows are scored after they have been read"
        if rows.single:
            return one_answer(scored, start, rows.ids[0], reasons=self.reasons)
        return many_answers(scored, start, rows.ids, reasons=self.reasons)

    def answer(self, body: bytes) -> None:
        self.exchange.answer(200, body)

    def refuse(self, error: Exception) -> None:
        self.exchange.refuse(refusal(error, self.desk))


class Scoring:
    """The routes of scoring by name. `arrow` answers what is sent as an Arrow stream."""

    def __init__(self, desk: Desk, *, arrow: Route | None = None) -> None:
        self._desk = desk
        self._arrow = arrow

    def add_routes(self, router: Router) -> None:
        router.add("POST", "/score", self.score)

    def score(self, exchange: Exchange) -> None:
        lineup = self._desk.lineup
        if (
            lineup is not None
            and lineup.express is not None
            and len(exchange.body) <= SLOWLY
            and exchange.header(b"content-type") in _JSON
            and not exchange.query
        ):
            self._desk.ask_plainly(exchange, self._plainly)
        else:
            self._score(exchange)

    def _plainly(self, plain: Plain) -> None:
        """The general way for what the express lane did not take."""
        exchange = cast("Exchange", plain)
        try:
            self._score(exchange)
        except Exception as error:  # noqa: BLE001 - the desk called, and its other requests are answered
            exchange.refuse(error)

    def _score(self, exchange: Exchange) -> None:
        kind = exchange.header(b"content-type")
        if kind not in _JSON and self._is_other(kind, exchange):
            return
        desk = self._desk
        lineup = standing_lineup(desk)
        query = exchange.query
        reasons = _reasons_of(query, desk) if query else 0
        fields = lineup.champion.fields
        rows = _rows_of(exchange.body, fields, desk)
        desk.ask(JsonAsked(exchange, desk, fields if rows else None, rows, reasons))

    def _is_other(self, kind: bytes, exchange: Exchange) -> bool:
        """Whether the body was something else, and went to its own route."""
        media = kind.partition(b";")[0].strip().lower()
        if media in ARROW and self._arrow is not None:
            self._arrow(exchange)
            return True
        if media not in _JSON and not media.endswith(b"+json"):
            raise counted(
                self._desk,
                Refused(
                    415,
                    "media_type_unsupported",
                    f"the body is sent as {media.decode('latin-1')[:100]}",
                    where="Content-Type",
                    remedy="Send JSON as application/json (curl does with --json), "
                    "or an Arrow stream as application/vnd.apache.arrow.stream.",
                ),
            )
        return False


def _rows_of(body: bytes, fields: Fields, desk: Desk) -> Rows | None:
    """The rows of a body that is quickly read; None for one that would hold the event loop up. Raises Refused."""
    size = len(body)
    if size > LARGE:
        return None
    try:
        return fields.strict(body) if size > SLOWLY else fields.read(body)
    except NOT_STRICT:
        return None
    except RowsRefused as error:
        raise refusal(error, desk) from None


def standing_lineup(desk: Desk) -> Lineup:
    """Who answers now. Raises Refused before there is anybody."""
    lineup = desk.lineup
    if lineup is None:
        raise counted(
            desk,
            Refused(
                503,
                "no_model",
                "no model is in force here yet",
                remedy="GET /health/ready says what the endpoint waits for.",
                headers={b"Retry-After": b"1"},
            ),
        )
    return lineup


def refusal(error: Exception, desk: Desk) -> Exception:
    """What a caller is told about rows that are refused; any other error is left as it is."""
    if not isinstance(error, RowsRefused):
        return error
    status = _STATUS.get(error.code, 422)
    return counted(desk, Refused(status, error.code, error.what, where=error.where, remedy=error.remedy))


def counted(desk: Desk, refused: Refused) -> Refused:
    """A refusal, counted among the desk's."""
    desk.counts.refused(refused.code)
    return refused


def _reasons_of(query: bytes, desk: Desk) -> int:
    """How many reasons are asked for; other parameters are left aside."""
    try:
        asked = [value for name, value in parse_qsl(query.decode("ascii"), keep_blank_values=True) if name == "reasons"]
    except ValueError:
        asked = [""]
    if not asked:
        return 0
    if len(asked) > 1 or not asked[0].isdecimal() or len(asked[0]) > 3 or int(asked[0]) > MOST_REASONS:
        raise counted(
            desk,
            Refused(
                400,
                "query_invalid",
                "`reasons` is not a number of reasons",
                where="reasons",
                remedy=f"Give a whole number from 0 to {MOST_REASONS}.",
            ),
        )
    return int(asked[0])
