"""Tool calls through a JSON schema.

llama.cpp holds `response_format: json_schema` and ignores a forced `tool_choice`; the chat templates of small
models leave tools out of the prompt altogether. So the tools are written into the system message, the grammar
admits nothing but a call (or, with `auto`, a plain answer), and the JSON is read back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario._ids import new_id
from scenario._model.local.grammar import grammar_schema
from scenario.errors import ModelCallError
from scenario.types import ToolCall

if TYPE_CHECKING:
    from scenario.types import ModelRequest


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool definition; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        return f"- {self.name}: {self.description}\n  arguments: {json.dumps(self.parameters)}"


@dataclass(frozen=True, slots=True)
class ToolPlan:
    """The tools that an answer may or must use.

    Attributes:
        tools: at least one.
        optional: whether plain text is an answer too.
    """

    tools: tuple[Tool, ...]
    optional: bool

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the answer: one forced tool's arguments, else a choice among the tools."""
        if self._sole:
            return _arguments_schema(self.tools[0])
        branches = [
            _exact_object({"tool": {"const": tool.name}, "arguments": _arguments_schema(tool)})
            for tool in self.tools
        ]
        if self.optional:
            branches.append(_exact_object({"answer": {"type": "string"}}))
        return {"anyOf": branches}

    @property
    def instruction(self) -> str:
        """What the system message has to add."""
        if self._sole:
            form = f"Call the tool {self.tools[0].name}: answer with one JSON object, its arguments."
        else:
            form = 'Call one tool: answer with one JSON object {"tool": <name>, "arguments": <arguments>}.'
            if self.optional:
                form += ' Or answer without a tool: {"answer": <your text>}.'
        return "\n".join(["Tools:", *map(str, self.tools), form])

    def read(self, text: str) -> tuple[str | None, tuple[ToolCall, ...]]:
        """Return the plain text and the tool calls of an answer.

        An answer that was cut off is the arguments as they are if only one tool was possible, else text.
        """
        if self._sole:
            return None, (ToolCall(new_id("call"), self.tools[0].name, text),)
        try:
            answer = json.loads(text)
        except ValueError:
            return text, ()
        if "tool" in answer:
            arguments = json.dumps(answer["arguments"], ensure_ascii=False)
            return None, (ToolCall(new_id("call"), answer["tool"], arguments),)
        return answer["answer"], ()

    @property
    def _sole(self) -> bool:
        return len(self.tools) == 1 and not self.optional


def tool_plan(request: ModelRequest) -> ToolPlan | None:
    """Return the plan for a request's tools; `None` when it offers none.

    Raises:
        ModelCallError: `tool_choice` names a tool that is not offered.
    """
    choice = request.tool_choice
    tools = tuple(_tool(definition["function"]) for definition in request.tools)
    if not tools or choice == "none":
        return None
    if isinstance(choice, Mapping):
        name = choice["function"]["name"]
        named = tuple(tool for tool in tools if tool.name == name)
        if not named:
            raise ModelCallError(
                f"tool_choice names {name!r}, but the tools are {[tool.name for tool in tools]!r}",
                model=request.model,
            )
        return ToolPlan(named, optional=False)
    return ToolPlan(tools, optional=choice != "required")


def _tool(function: Mapping[str, Any]) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters") or {})


def _arguments_schema(tool: Tool) -> dict[str, Any]:
    # Without any keyword the grammar would admit text and numbers too, and without properties any object.
    return {"type": "object", **grammar_schema({"properties": {}, **tool.parameters})}


def _exact_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
