"""Traces: a span for each run with one for each stage in it, and one for each request over HTTP.

They go to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names, when the extra `traces` is installed; without the
variable nothing of it is loaded.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final, Self

from kingmaker import __version__
from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.progress import Progress

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class TracesMissing(KingmakerError):
    """Traces are asked for, but what sends them is not installed."""

    code = "traces_missing"


class Traces:
    """What makes spans and sends them. `close` sends those that wait."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self.tracer: Tracer = provider.get_tracer("kingmaker", __version__)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """None when no collector is named. Raises TracesMissing."""
        if not any(environment.get(name) for name in ENDPOINTS):
            return None
        try:
            trace = import_module("opentelemetry.sdk.trace")
            export = import_module("opentelemetry.sdk.trace.export")
            otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
            resources = import_module("opentelemetry.sdk.resources")
        except ModuleNotFoundError as error:
            raise TracesMissing(
                f"a collector is named, but the package {error.name} is not installed",
                where=next(name for name in ENDPOINTS if environment.get(name)),
                remedy="Run pip install 'kingmaker[traces]', or unset the variable.",
            ) from None
        resource = resources.Resource.create({"service.name": "kingmaker", "service.version": __version__})
        provider = trace.TracerProvider(resource=resource)
        provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
        return cls(provider)

    @contextmanager
    def run(self, number: int, pipeline: str, progress: Progress) -> "Iterator[Progress]":
        """A span for the run; each stage that the progress yielded hears of is a span in it."""
        attributes: dict[str, int | str] = {"kingmaker.run": number, "kingmaker.pipeline": pipeline}
        with self.tracer.start_as_current_span(f"run {pipeline}", attributes=attributes) as span, ExitStack() as stages:
            yield _TracedProgress(progress, self.tracer, span, stages)

    def close(self) -> None:
        self._provider.shutdown()


class _TracedProgress:
    """Plays Progress: passes everything on, and begins a span with each stage."""

    def __init__(self, progress: Progress, tracer: "Tracer", span: "Span", stages: ExitStack) -> None:
        self._progress = progress
        self._tracer = tracer
        self._span = span
        self._stages = stages

    def stage(self, name: str, sentence: str) -> None:
        self._stages.close()
        self._stages.enter_context(self._tracer.start_as_current_span(name))
        self._progress.stage(name, sentence)

    def advance(self, done: int, total: int, note: str = "") -> None:
        self._progress.advance(done, total, note)

    def say(self, sentence: str) -> None:
        self._span.add_event(sentence)
        self._progress.say(sentence)
