"""The conversation engine: turns, slots, queues, steps and the life of a run.

It knows agents (`scenario.agent_adapter`), observers (`scenario._observer`) and a channel (`.channel`). What
a judge, an attacker, a voice or an event's destination is, it does not know.
"""
