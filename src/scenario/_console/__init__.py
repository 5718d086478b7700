"""What a run shows on the terminal, and what it asks there in debug mode."""

from __future__ import annotations

from scenario._console.observer import ConsoleObserver
from scenario._console.prompter import ask

__all__ = ["ConsoleObserver", "ask"]
