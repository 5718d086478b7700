"""Speech without a network: a voice whose words an ear reads back exactly."""

from __future__ import annotations

from scenario.voice._speech.offline import OfflineSTT, OfflineTTS

__all__ = ["OfflineSTT", "OfflineTTS"]
