"""An OTLP/HTTP endpoint for the spans of agents in other processes."""

from __future__ import annotations

from scenario._tracing.receiver.otlp_receiver import OtlpReceiver

__all__ = ["OtlpReceiver"]
