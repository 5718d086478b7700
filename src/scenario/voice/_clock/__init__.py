"""The clock of a voice run: everything on the voice side that waits, waits on it."""

from __future__ import annotations

from scenario.voice._clock.clock import Clock, Timer
from scenario.voice._clock.current import current_clock, using_clock
from scenario.voice._clock.real import RealClock
from scenario.voice._clock.virtual import VirtualClock

__all__ = ["Clock", "RealClock", "Timer", "VirtualClock", "current_clock", "using_clock"]
