"""A fake model: scripted answers behind a model prefix, for tests."""

from __future__ import annotations

import inspect
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from scenario._model.narrowing import is_dict
from scenario._model.registry import register_model_provider, registered_provider, unregister_model_provider
from scenario.types import ModelRequest, ModelResponse, ToolCall, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

Reply: TypeAlias = "str | ModelResponse | Mapping[str, Any] | BaseException | Callable[[ModelRequest], Any]"
"""One answer: text, a whole response, `{tool name: arguments}` for tool calls, an exception to raise, or a
function of the request (it may be async) that returns one of these."""


class FakeModel:
    """A model that answers from a script and remembers what it was asked.

    Attributes:
        requests: every request, in the order of arrival.
    """

    def __init__(self, replies: str | Callable[[ModelRequest], Any] | Iterable[Reply]) -> None:
        """Take the script.

        Args:
            replies: answers in order, or one text or function that answers every request.
        """
        self.requests: list[ModelRequest] = []
        self._lock = threading.Lock()
        self._same: Reply | None = None
        self._rest: Iterator[Reply] = iter(())
        if isinstance(replies, str) or callable(replies):
            self._same = replies
        else:
            self._rest = iter(replies)

    async def __call__(self, request: ModelRequest) -> ModelResponse:
        """Answer one request.

        Raises:
            LookupError: the script is at its end.
        """
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
            reply = self._same if self._same is not None else next(self._rest, None)
        if reply is None:
            raise LookupError(f"the fake model has no reply for request {number}; give it more replies")
        while callable(reply):
            reply = reply(request)
            if inspect.isawaitable(reply):
                reply = await reply
        return _response(reply)

    @property
    def prompts(self) -> list[list[dict[str, Any]]]:
        """The messages of every request."""
        return [list(request.messages) for request in self.requests]


@contextmanager
def fake_model(
    prefix: str = "fake", replies: str | Callable[[ModelRequest], Any] | Iterable[Reply] = "ok"
) -> Generator[FakeModel]:
    """Serve `replies` to calls of the models `prefix/...` inside the block.

    Example:
        ```python
        with fake_model("fake", ["hello", {"lookup": {"id": 7}}]) as fake:
            agent = UserSimulatorAgent(model="fake/anything")
            ...
        assert len(fake.requests) == 2
        ```
    """
    fake = FakeModel(replies)
    before = registered_provider(prefix)
    register_model_provider(prefix, fake)
    try:
        yield fake
    finally:
        if before is None:
            unregister_model_provider(prefix)
        else:
            register_model_provider(prefix, before)


def _response(reply: Any) -> ModelResponse:
    if isinstance(reply, BaseException):
        raise reply
    if isinstance(reply, ModelResponse):
        return reply
    if isinstance(reply, str):
        return ModelResponse(text=reply, finish_reason="stop", usage=Usage(calls=1, cost_usd=0.0))
    if is_dict(reply):
        return ModelResponse(
            tool_calls=tuple(
                ToolCall(f"call_{number}", name, value if isinstance(value, str) else json.dumps(value))
                for number, (name, value) in enumerate(reply.items(), 1)
            ),
            finish_reason="tool_calls",
            usage=Usage(calls=1, cost_usd=0.0),
        )
    raise TypeError(f"a reply must be text, a ModelResponse, tool calls, or an exception, got {reply!r}")
