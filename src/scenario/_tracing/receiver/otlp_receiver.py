"""Receives the spans of agents in other processes for the judge."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Self

from scenario._tracing.collector import judge_span_collector
from scenario._tracing.receiver.remote_call import RemoteCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from scenario._tracing.collector import JudgeSpanCollector
    from scenario._tracing.receiver.http_server import TraceServer

_MAX_REQUEST_BYTES = 16 * 2**20


class OtlpReceiver:
    """An OTLP/HTTP endpoint that hands spans of other processes to the judge's collector.

        async with OtlpReceiver() as receiver:
            ...  # start the agent with OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint

    `POST /v1/traces` takes protobuf and JSON, plain or gzip. A span is with the collector before its export
    is answered, so an agent that flushes before it answers is judged with all that it did. Spans of runs
    that have ended are dropped.

    One receiver may serve any number of runs and agents at once. It is used with `with` or `async with`.

    Args:
        host: the address to listen on. Whoever can reach it can put spans before the judge.
        port: 0 takes a free one.
        collector: gets the spans; default: the collector of the process.
        max_request_bytes: largest body of a request, also after decompression.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        collector: JudgeSpanCollector | None = None,
        max_request_bytes: int = _MAX_REQUEST_BYTES,
    ) -> None:
        if max_request_bytes < 1:
            raise ValueError(f"max_request_bytes must be at least 1, got {max_request_bytes!r}")
        self._address = (host, port)
        self._collector = collector or judge_span_collector
        self._max_request_bytes = max_request_bytes
        self._server: TraceServer | None = None
        self._lock = Lock()
        self._waiting: list[Future[None]] = []

    @property
    def endpoint(self) -> str:
        """The base URL, as `OTEL_EXPORTER_OTLP_ENDPOINT` takes it; traces go to `/v1/traces` below it."""
        return f"http://{self._address[0]}:{self._running().port}"

    def __enter__(self) -> Self:
        if self._server is not None:
            raise RuntimeError("this OtlpReceiver is running already; make another one")
        # Here, because the messages of protobuf take a while to load.
        from scenario._tracing.receiver.http_server import TraceServer

        self._server = TraceServer(self._address, self._take, max_request_bytes=self._max_request_bytes)
        return self

    def __exit__(self, *exc_info: object) -> None:
        server, self._server = self._running(), None
        server.close()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *exc_info: object) -> None:
        await asyncio.to_thread(self.__exit__, *exc_info)

    async def wait_for_spans(self, headers: Mapping[str, str], *, timeout: float = 10.0) -> None:
        """Wait until the agent's spans of one call are here, for agents that export in the background.

        The span with which the agent entered the call ends, and so is exported, last: all that it did in the
        call has come before.

        Args:
            headers: those that were sent with the call, `AgentInput.propagation_headers`.
            timeout: in seconds.

        Raises:
            TimeoutError: that span did not come in time.
            ValueError: `headers` are not those of a call.
        """
        endpoint = self.endpoint
        call = RemoteCall.of_headers(headers)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    arrival = self._next_arrival()  # before looking, or one in between would be missed
                    if call.has_arrived(self._collector):
                        return
                    await asyncio.wrap_future(arrival)
        except TimeoutError:
            raise TimeoutError(
                f"no span of the agent for the call {call} came within {timeout:g} s. Expected are: the "
                f"agent continues the `traceparent` that it is sent, records that trace, and exports to "
                f"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}"
            ) from None

    def _running(self) -> TraceServer:
        if self._server is None:
            raise RuntimeError("this OtlpReceiver is not running; use it within `with` or `async with`")
        return self._server

    def _take(self, spans: Iterable[ReadableSpan]) -> None:
        for span in spans:
            self._collector.received(span)
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for arrival in waiting:
            if arrival.set_running_or_notify_cancel():
                arrival.set_result(None)

    def _next_arrival(self) -> Future[None]:
        arrival: Future[None] = Future()
        with self._lock:
            self._waiting.append(arrival)
        return arrival
