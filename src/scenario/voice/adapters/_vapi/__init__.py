"""Calls with assistants of Vapi."""
