"""Every exception that Scenario raises on its own account.

    ScenarioError
    ├── ModelNotConfiguredError   (ValueError)     an agent was built without any model
    ├── ModelResponseError        (RuntimeError)   a model answered with nothing usable
    ├── ModelCallError            (RuntimeError)   a provider refused or could not be reached
    ├── AgentCallError            (RuntimeError)   an agent of the run raised; the cause is the original
    ├── NoAgentForRoleError       (ValueError)     a step needs an agent of a role that is not there
    ├── InvalidReturnTypeError    (ValueError)     an agent returned something that is not a message
    └── MissingExtraError         (ImportError)    a feature needs a package of an extra

Each is also the built-in exception named beside it, so that code which catches those keeps working.
"""

from __future__ import annotations

from typing import cast

__all__ = [
    "AgentCallError",
    "InvalidReturnTypeError",
    "MissingExtraError",
    "ModelCallError",
    "ModelNotConfiguredError",
    "ModelResponseError",
    "NoAgentForRoleError",
    "ScenarioError",
]


def exception_text(error: BaseException) -> str:
    """Return the text of an exception, or its type's name when it has none or fails to make one.

    A group's own text only counts what is in it, so that follows.
    """
    try:
        text = str(error) or type(error).__name__
    except Exception:  # noqa: BLE001  # a broken `__str__` must not hide the exception that it belongs to
        return type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        # The cast only names the type that `isinstance` cannot see into.
        inner = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return f"{text}: {'; '.join(map(exception_line, inner))}"
    return text


def exception_line(error: BaseException) -> str:
    """Return the type of an exception, and its text if it has one."""
    name, text = type(error).__name__, exception_text(error)
    return name if text == name else f"{name}: {text}"


class ScenarioError(Exception):
    """Base of every exception that Scenario raises on its own account."""


class ModelNotConfiguredError(ScenarioError, ValueError):
    """An agent that needs a model was built without one.

    Attributes:
        agent: name of the agent's class.
    """

    def __init__(self, agent: str) -> None:
        self.agent = agent
        super().__init__(
            f"{agent} needs a model and none is configured. Pass one, {agent}(model='openai/gpt-5-mini'), "
            "or set one for all agents, scenario.configure(default_model='openai/gpt-5-mini'). "
            "Without a key or a network, 'offline/players' and 'auto' work too."
        )


class ModelResponseError(ScenarioError, RuntimeError):
    """A model answered, but with nothing that can be used (no choices, or blank text).

    Attributes:
        model: the model that was called.
        finish_reason: why the model says that it stopped, if it says so.
    """

    def __init__(self, message: str, *, model: str, finish_reason: str | None = None) -> None:
        self.model = model
        self.finish_reason = finish_reason
        super().__init__(message)


class ModelCallError(ScenarioError, RuntimeError):
    """A model call failed: the provider refused it, broke off, or did not answer in time.

    Secrets are removed from the text before it is raised. The cause is the provider SDK's own exception.

    Attributes:
        model: the model that was called.
        status_code: HTTP status of the answer; `None` when there was none (time-out, lost connection).
        retryable: whether the same call may work later (rate limit, 5xx, connection lost, time-out).
    """

    def __init__(
        self, message: str, *, model: str, status_code: int | None = None, retryable: bool = False
    ) -> None:
        self.model = model
        self.status_code = status_code
        self.retryable = retryable
        super().__init__(message)


class AgentCallError(ScenarioError, RuntimeError):
    """An agent raised during its call, or returned something unusable; the cause is the original.

    Attributes:
        agent: name of the agent's class.
    """

    def __init__(self, agent: str, cause: BaseException, *, hint: str = "") -> None:
        self.agent = agent
        text = f"[{agent}] {exception_text(cause)}"
        super().__init__(f"{text}\nhint: {hint}" if hint else text)


class NoAgentForRoleError(ScenarioError, ValueError):
    """A step needs an agent of a role that is not among the scenario's agents.

    Attributes:
        role: the role's value, `"User"`, `"Agent"` or `"Judge"`.
    """

    def __init__(self, role: str, message: str) -> None:
        self.role = role
        super().__init__(message)


class InvalidReturnTypeError(ScenarioError, ValueError):
    """An agent's `call` returned something that cannot be turned into messages.

    Attributes:
        agent: name of the agent's class.
    """

    def __init__(self, agent: str, message: str) -> None:
        self.agent = agent
        super().__init__(message)


class MissingExtraError(ScenarioError, ImportError):
    """A feature needs a package that an extra of this distribution installs.

    Attributes:
        feature: what was asked for.
        package: the missing package.
        extra: the extra that brings it.
    """

    def __init__(self, *, feature: str, package: str, extra: str) -> None:
        self.feature = feature
        self.package = package
        self.extra = extra
        super().__init__(
            f"{feature} needs the package {package!r}. Install it with: pip install 'agent-scenario[{extra}]'"
        )
