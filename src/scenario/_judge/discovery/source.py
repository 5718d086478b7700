"""What can be looked into: the seam between the tools' loop and the kinds of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Source(Protocol):
    """Evidence that is shown as an outline, and the tools that look into it.

    Attributes:
        block: name of its data block.
        hint: tells the judge how to look into it.
    """

    block: str
    hint: str

    @property
    def tools(self) -> Mapping[str, Tool]: ...


class Tool:
    """One tool: a function of one argument.

    Args:
        description: what it does, for the model.
        parameter: name of its argument.
        schema: JSON schema of the argument.
        answer: returns the tool's result for whatever the model passed; it never raises. What begins with
            `Error:` is ours, all else is evidence.
    """

    def __init__(
        self, description: str, parameter: str, schema: dict[str, Any], answer: Callable[[Any], str]
    ) -> None:
        self.description = description
        self.parameter = parameter
        self.answer = answer
        self._schema = schema

    def definition(self, name: str) -> dict[str, Any]:
        """Return the tool in OpenAI's format."""
        return {
            "type": "function",
            "function": {
                "name": name,
                "description": self.description,
                "parameters": {
                    "type": "object",
                    "properties": {self.parameter: self._schema},
                    "required": [self.parameter],
                    "additionalProperties": False,
                },
            },
        }
