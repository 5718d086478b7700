"""The tracing span around a model call."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scenario._model.names import provider_of
from scenario._model.narrowing import is_dict, is_sequence
from scenario._model.secrets import redact, secrets_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from opentelemetry.trace import Span

    from scenario.types import ModelRequest, ModelResponse

_LONGEST_STRING = 8_000
_LONGEST_INPUT = 64_000


class CallSpan:
    """Receives the answer of the call that the span is about."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def answered(self, response: ModelResponse) -> None:
        """Record the answer and its usage."""
        if not self._span.is_recording():
            return
        self._span.set_attribute("gen_ai.usage.input_tokens", response.usage.input_tokens)
        self._span.set_attribute("gen_ai.usage.output_tokens", response.usage.output_tokens)
        if response.model:
            self._span.set_attribute("gen_ai.response.model", response.model)
        if response.finish_reason:
            self._span.set_attribute("gen_ai.response.finish_reasons", [response.finish_reason])
        self._span.set_attribute("langwatch.output", _json("text", _shortened(_output_text(response))))


@contextmanager
def call_span(request: ModelRequest) -> Generator[CallSpan]:
    """Surround a call with a span `chat {model}`; where nobody records, this costs next to nothing."""
    from opentelemetry.trace import Status, StatusCode, get_tracer

    attributes = {
        "langwatch.span.type": "llm",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.model,
        "gen_ai.provider.name": provider_of(request.model),
    }
    # Exceptions are recorded here and not by the tracer, which would write a traceback with local secrets.
    with get_tracer("scenario").start_as_current_span(
        f"chat {request.model}", attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        if span.is_recording():
            span.set_attribute("langwatch.input", _json("chat_messages", bounded_messages(request.messages)))
            if request.temperature is not None:
                span.set_attribute("gen_ai.request.temperature", request.temperature)
            if request.max_tokens is not None:
                span.set_attribute("gen_ai.request.max_tokens", request.max_tokens)
        try:
            yield CallSpan(span)
        except BaseException as error:
            if span.is_recording():
                span.set_attribute("error.type", type(error).__name__)
                text = redact(str(error) or type(error).__name__, secrets_of(request))
                span.set_status(Status(StatusCode.ERROR, text))
            raise


def bounded_messages(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest messages that fit into a span, long strings cut; the work is bounded, too."""
    kept: list[dict[str, Any]] = []
    room = _LONGEST_INPUT
    for message in reversed(messages):
        shown: dict[str, Any] = _shortened(dict(message))
        room -= len(json.dumps(shown, default=str))
        if room < 0:
            left_out = len(messages) - len(kept)
            kept.append({"role": "system", "content": f"({left_out} earlier messages left out)"})
            break
        kept.append(shown)
    return kept[::-1]


def _output_text(response: ModelResponse) -> str:
    calls = [f"{call.name}({call.arguments})" for call in response.tool_calls]
    return "\n".join([response.text, *calls] if response.text else calls)


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) <= _LONGEST_STRING:
            return value
        return f"{value[:_LONGEST_STRING]}... ({len(value) - _LONGEST_STRING} more characters)"
    if is_dict(value):
        return {name: _shortened(item) for name, item in value.items()}
    if is_sequence(value):
        return [_shortened(item) for item in value]
    return value


def _json(kind: str, value: Any) -> str:
    return json.dumps({"type": kind, "value": value}, default=str, ensure_ascii=False)
