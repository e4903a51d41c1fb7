"""/ping and /invocations, as SageMaker and MLflow's tools speak them: JSON, JSON lines or CSV."""

from collections.abc import Callable
from typing import Literal

from kingmaker.interfaces.endpoint.asking import PlatformAsked
from kingmaker.interfaces.endpoint.csv_rows import read_csv, write_csv
from kingmaker.interfaces.endpoint.exchange import JSON, Exchange
from kingmaker.interfaces.endpoint.invocation_forms import read_form
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.scoring import counted
from kingmaker.serving.answers import many_answers, one_answer
from kingmaker.serving.asked import Scored
from kingmaker.serving.desk import Desk
from kingmaker.serving.fields import Fields, Rows
from kingmaker.serving.refusals import RowsRefused

Form = Literal["json", "lines", "csv"]

_FORMS: dict[bytes, Form] = {
    b"application/json": "json",
    b"text/json": "json",
    b"text/csv": "csv",
    b"application/jsonlines": "lines",
    b"application/x-jsonlines": "lines",
    b"application/x-ndjson": "lines",
}
_TYPES: dict[Form, bytes] = {"json": JSON, "lines": b"application/jsonlines", "csv": b"text/csv; charset=utf-8"}
_ANY = frozenset({b"*/*", b"application/*", b"text/*"})
_OFFERED = "application/json, application/jsonlines and text/csv"


class Invocations:
    """The routes. `is_ready` says whether the endpoint may be sent requests."""

    def __init__(self, desk: Desk, is_ready: Callable[[], bool]) -> None:
        self._desk = desk
        self._is_ready = is_ready

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/ping", self.ping, probe=True)
        router.add("POST", "/invocations", self.invoke)

    def ping(self, exchange: Exchange) -> None:
        """200 with nothing in it when requests may come, as SageMaker asks; 503 before."""
        exchange.answer(200 if self._is_ready() else 503, b"\n")

    def invoke(self, exchange: Exchange) -> None:
        try:
            asked = self._asked(exchange)
        except Refused as refused:
            raise counted(self._desk, refused) from None
        asked.submit()

    def _asked(self, exchange: Exchange) -> "InvocationAsked":
        media, header = _media(exchange.header(b"content-type") or JSON)
        form = _FORMS.get(media)
        if form is None:
            raise Refused(
                415,
                "media_type_unsupported",
                f"the body is sent as {media.decode('latin-1')[:100]}",
                where="Content-Type",
                remedy=f"Send one of {_OFFERED}.",
            )
        return InvocationAsked(exchange, self._desk, form, header, _accepted(exchange.header(b"accept"), form))


class InvocationAsked(PlatformAsked):
    """One invocation: how its rows were sent, and how they are answered."""

    __slots__ = ("accepted", "header", "is_platform_form", "sent")

    def __init__(
        self, exchange: Exchange, desk: Desk, sent: Form, header: bool | None, accepted: tuple[Form, bool]
    ) -> None:
        super().__init__(exchange, desk)
        self.sent = sent
        self.header = header
        self.accepted = accepted
        self.is_platform_form = False

    def read(self, fields: Fields) -> Rows:
        body = self.exchange.body
        if self.sent == "csv":
            return read_csv(body, fields, header=self.header)
        if self.sent == "lines":
            return _read_lines(body, fields)
        rows = read_form(body, fields)
        self.is_platform_form = rows is not None
        return fields.read(body) if rows is None else rows

    def form(self, scored: Scored, start: int) -> bytes:
        rows = self.rows
        assert rows is not None, "rows are scored after they have been read"
        form, header = self.accepted
        if form == "csv":
            return write_csv(scored, start, rows.ids, header=header)
        if form == "lines":
            return b"".join(one_answer(scored, place, id_) + b"\n" for place, id_ in enumerate(rows.ids, start))
        if self.is_platform_form:
            return b'{"predictions":%b}' % many_answers(scored, start, rows.ids)
        return one_answer(scored, start, rows.ids[0]) if rows.single else many_answers(scored, start, rows.ids)

    def answer(self, body: bytes) -> None:
        self.exchange.answer(200, body, _TYPES[self.accepted[0]])


def _read_lines(body: bytes, fields: Fields) -> Rows:
    lines = [line for line in body.splitlines() if line.strip()]
    fields.check_count(len(lines))
    rows = fields.read(b"[%b]" % b",".join(lines))
    if rows.count != len(lines):
        raise RowsRefused(
            f"{len(lines)} lines hold {rows.count} rows", code="body_malformed", remedy="Send one JSON object a line."
        )
    return rows


def _media(value: bytes) -> tuple[bytes, bool | None]:
    """The media type, and what its `header` parameter says of a CSV text (RFC 4180)."""
    media, *parameters = (part.strip().lower() for part in value.split(b";"))
    header = {b"header=present": True, b"header=absent": False}
    return media, next((header[one] for one in parameters if one in header), None)


def _accepted(value: bytes, sent: Form) -> tuple[Form, bool]:
    """How to answer, and whether CSV begins with a header: the best accepted form, or that in which the rows came."""
    if not value:
        return sent, True
    offers = [offer for offer in value.split(b",") if offer.strip()]
    for offer in sorted(offers, key=_quality, reverse=True):
        media, header = _media(offer)
        if media in _FORMS:
            return _FORMS[media], header is not False
        if media in _ANY and _quality(offer) > 0:
            return sent, True
    raise Refused(
        406,
        "answer_unacceptable",
        f"no answer is written as {value.decode('latin-1')[:100]}",
        where="Accept",
        remedy=f"Accept one of {_OFFERED}.",
    )


def _quality(offer: bytes) -> float:
    for parameter in offer.split(b";")[1:]:
        name, _, value = parameter.strip().partition(b"=")
        if name == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
