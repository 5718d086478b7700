"""Twenty descriptions of ours, each with the demo agent that the simulated user is to talk to."""

from __future__ import annotations

from . import demo_agents as demo

DESCRIPTIONS = [
    ("The user wants to know the weather in Paris tomorrow.", demo.weather),
    ("A tourist in Oslo asks what the weather will be like tomorrow.", demo.weather),
    (
        "The user lives in Boston. They ask what the weather will be like tomorrow, and then they ask "
        "whether they need an umbrella.",
        demo.weather_then_umbrella,
    ),
    (
        "It's Saturday evening, the user is very hungry and tired, but has no money to order out, so "
        "they are "
        "looking for a recipe. They are vegetarian.",
        demo.recipes,
    ),
    ("User is looking for a dinner idea. User doesn't eat meat.", demo.recipes),
    ("The user wants a refund for order 4471 because it arrived broken.", demo.refund),
    (
        "An angry customer wants to return a pair of shoes. Their order number is 90210 and the shoes "
        "are too "
        "small. The agent should call the refund tool.",
        demo.refund,
    ),
    (
        "A customer wants their money back for order 5512 since it was delivered too late. They insist "
        "when refused.",
        demo.stubborn_refund,
    ),
    ("Maria wants to book a flight from Berlin to Lisbon on 3 May for two people.", demo.flights),
    (
        "The user would like to fly to Rome. They travel with two children, so they need three seats. "
        "They leave "
        "from Madrid on June 12.",
        demo.flights,
    ),
    ("The user needs a dentist appointment on Tuesday morning. Their name is Ana Silva.", demo.appointments),
    (
        "A patient named John Porter wants to see a doctor on Friday. He prefers the afternoon because "
        "he works "
        "in the morning.",
        demo.appointments,
    ),
    (
        "The user forgot their password and wants to reset it. Their email is kim.lee@example.com.",
        demo.password_reset,
    ),
    (
        "You are a customer who cannot log in. You want a new password. Your e-mail is bob99@mail.org.",
        demo.password_reset,
    ),
    ("The user wants to reserve a table for four on Friday at 8 pm, outside if possible.", demo.restaurant),
    (
        "The user's bike was stolen on 2 June and they want to file a claim. Their policy number is "
        "P-20931. They "
        "reported the theft to the police.",
        demo.claims,
    ),
    (
        "A polite customer wants to cancel their mobile contract. The customer number is 778812. They "
        "do not want "
        "any discount.",
        demo.contracts,
    ),
    ("The user is looking for running shoes in size 42. Their favourite colour is blue.", demo.shop),
    ("The user asks when the shop is open.", demo.hours),
    (
        "The user moved and wants to change their address. Their customer number is 445566 and their "
        "e-mail is "
        "zoe@example.com.",
        demo.address_change,
    ),
    (
        "An impatient user has slow internet since Monday. They want it fixed and have restarted the "
        "router twice.",
        demo.internet,
    ),
]
