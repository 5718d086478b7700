"""The demo's refund: the same words with and without the deed, and a judge that tells them apart.

`make demo` plays these scenarios too. The agent follows rules here; in your test it is yours.
"""

import json
import re

import scenario

ORDERS = {"4711": "a blue kettle, delivered on Monday"}


class ShopDesk(scenario.AgentAdapter):
    """Asks for the order number, looks the order up, and refunds it."""

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        if input.scenario_state.has_tool_call("look_up_order"):
            return "You are welcome. Have a good day!"
        number = re.search(r"\d{4}", input.last_new_user_message_str())
        if number is None:
            return "I am sorry about that. What is your order number?"
        order_id = number[0]
        text = f"I found it: {ORDERS[order_id]}. Your money is on its way back."
        return [
            *tool("look_up_order", {"order_id": order_id}, ORDERS[order_id]),
            *self.refund(order_id),
            {"role": "assistant", "content": text},
        ]

    def refund(self, order_id: str) -> list[dict]:
        return tool("refund_order", {"order_id": order_id}, "refunded")


class CarelessShopDesk(ShopDesk):
    """The same desk with a bug that reads well: it says that it refunds, and does not."""

    def refund(self, order_id: str) -> list[dict]:
        return []


def tool(name: str, arguments: dict, result: str) -> list[dict]:
    """Return a tool call and its result as messages, so that the judge sees them."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": f"call_{name}", "type": "function", "function": function}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": result},
    ]


async def ask_for_a_refund(desk: scenario.AgentAdapter) -> scenario.ScenarioResult:
    return await scenario.run(
        name="refund",
        description="The user's kettle arrived broken. They want their money back for order 4711.",
        agents=[
            desk,
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(
                criteria=[
                    "The agent asks for the order number",
                    "The agent calls the tool refund_order with order_id 4711",
                    "The agent does not ask for a credit card number",
                ]
            ),
        ],
    )


async def test_the_money_comes_back():
    result = await ask_for_a_refund(ShopDesk())
    assert result.success, result.reasoning


async def test_saying_so_is_not_enough():
    result = await ask_for_a_refund(CarelessShopDesk())
    assert not result.success
    assert result.failed_criteria == ["The agent calls the tool refund_order with order_id 4711"]
