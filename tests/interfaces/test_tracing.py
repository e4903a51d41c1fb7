"""A run is a span with its stages in it, sent to a real collector over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from kingmaker.interfaces.tracing import Traces
from kingmaker.ports.progress import Silence


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """A collector's address and what it was sent."""
    sent: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *told: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", sent
        server.shutdown()
        thread.join()


def test_a_run_is_a_span_with_its_stages_in_it(monkeypatch):
    with collector() as (url, sent):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        traces = Traces.from_environment()
        assert traces is not None
        with traces.run(7, "loans", Silence()) as progress:
            progress.stage("extract", "reading")
            progress.say("212,378 rows read")
            progress.stage("train", "searching")
            progress.advance(1, 2)
        traces.close()
    spans = {span.name: span for request in sent for one in request.resource_spans for span in one.scope_spans[0].spans}
    assert set(spans) == {"run loans", "extract", "train"}
    run = spans["run loans"]
    assert [spans[name].parent_span_id for name in ("extract", "train")] == [run.span_id] * 2
    assert spans["extract"].end_time_unix_nano <= spans["train"].start_time_unix_nano
    assert [event.name for event in run.events] == ["212,378 rows read"]
    assert {one.key: one.value.int_value or one.value.string_value for one in run.attributes} == {
        "kingmaker.run": 7,
        "kingmaker.pipeline": "loans",
    }


def test_without_a_collector_nothing_is_traced():
    assert Traces.from_environment({}) is None
