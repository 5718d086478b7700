"""The agents of the demo. They follow rules, so that the demo shows Scenario and not a model's mood."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scenario.agent_adapter import AgentAdapter

if TYPE_CHECKING:
    from scenario.types import AgentInput, Message

_ORDERS = {"4711": "a blue kettle, delivered on Monday"}
_FORECAST = {"lisbon": "24 degrees and sunny", "porto": "17 degrees with light rain"}


class ShopDesk(AgentAdapter):
    """The help desk of a shop: asks for the order number, looks the order up, and refunds it."""

    async def call(self, input: AgentInput) -> list[Message]:
        """Answer the customer."""
        text = input.last_new_user_message_str()
        if any(_called(message, "look_up_order") for message in input.messages):
            return [_says("You are welcome. Have a good day!")]
        number = re.search(r"\d{4}", text)
        if number is None:
            return [_says("I am sorry about that. What is your order number?")]
        order = _ORDERS.get(number[0])
        looked_up = _tool("look_up_order", {"order_id": number[0]}, order or "no such order")
        if order is None:
            return [*looked_up, _says("I cannot find that order. Could you check the number?")]
        return [
            *looked_up,
            *self.refund(number[0]),
            _says(f"I found it: {order}. Your money is on its way back."),
        ]

    def refund(self, order_id: str) -> list[Message]:
        """Refund an order."""
        return _tool("refund_order", {"order_id": order_id}, "refunded")


class CarelessShopDesk(ShopDesk):
    """The same desk with a bug that reads well: it says that it refunds, and does not."""

    def refund(self, order_id: str) -> list[Message]:
        """Forget to refund."""
        return []


class WeatherBot(AgentAdapter):
    """Tells the weather of a city that it knows, by asking a tool."""

    async def call(self, input: AgentInput) -> list[Message]:
        """Answer a question about the weather."""
        text = input.last_new_user_message_str().lower()
        city = next((name for name in _FORECAST if name in text), None)
        if city is None:
            return [_says("For which city would you like the forecast?")]
        forecast = _FORECAST[city]
        return [
            *_tool("get_weather", {"city": city.title()}, forecast),
            _says(f"Tomorrow in {city.title()}: {forecast}."),
        ]


def _says(text: str) -> Message:
    return {"role": "assistant", "content": text}


def _tool(name: str, arguments: dict[str, Any], result: str) -> list[Message]:
    call = {"id": f"call_{name}", "type": "function"}
    function = {"name": name, "arguments": json.dumps(arguments)}
    return [
        {"role": "assistant", "content": None, "tool_calls": [{**call, "function": function}]},
        {"role": "tool", "tool_call_id": call["id"], "content": result},
    ]


def _called(message: Message, name: str) -> bool:
    calls: list[Message] = message.get("tool_calls") or []
    return any(call["function"]["name"] == name for call in calls)
