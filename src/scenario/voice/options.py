"""The voice settings of a run."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    import os

    from scenario.voice._speech.stt import STTProvider


@dataclass(frozen=True)
class VoiceOptions:
    """How voice runs are played and kept; `voice=` of `run`, `arun` and `configure`.

    Values that the run gives explicitly win over those of `configure`, field by field.

    Attributes:
        clock: `"real"`, `"virtual"` (pauses cost no time) or `"auto"`: virtual where every voice adapter
            supports it and nothing is played aloud.
        seed: of effects and interruptions; `None` derives it from `cache_key`, or draws one.
        stt: what transcribes; `None` is the global provider.
        transcribe_agent: whether the agent's speech is transcribed: `"never"`, `"auto"` (where the adapter
            gave no text) or `"always"`.
        connect_timeout: seconds that each adapter has to connect.
        disconnect_timeout: seconds that each adapter has to disconnect.
        speech_threshold_dbfs: level under which a frame is never voiced.
        artifacts_dir: where recordings are saved; default `SCENARIO_VOICE_ARTIFACTS_DIR`.
        save_artifacts: when they are saved: `"never"`, `"failure"` or `"always"`; needs a directory.
    """

    clock: Literal["real", "virtual", "auto"] = "auto"
    seed: int | None = None
    stt: STTProvider | None = None
    transcribe_agent: Literal["never", "auto", "always"] = "auto"
    connect_timeout: float = 30.0
    disconnect_timeout: float = 10.0
    speech_threshold_dbfs: float = -45.0
    artifacts_dir: str | os.PathLike[str] | None = None
    save_artifacts: Literal["never", "failure", "always"] = "failure"

    def __new__(cls, *args: Any, **given: Any) -> Self:
        """Remember which values are given, for `merge`."""
        options = super().__new__(cls)
        names = [field.name for field in fields(cls)][: len(args)]
        object.__setattr__(options, "_given", frozenset([*names, *given]))
        return options

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {allowed!r}, got {getattr(self, name)!r}")
        for name in ("connect_timeout", "disconnect_timeout"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive seconds, got {getattr(self, name)!r}")

    def merge(self, other: VoiceOptions) -> VoiceOptions:
        """Return these options with what `other` was explicitly given."""
        names = {*_given(self), *_given(other)}
        return VoiceOptions(
            **{name: getattr(other if name in _given(other) else self, name) for name in names}
        )


def _given(options: VoiceOptions) -> frozenset[str]:
    return options.__dict__["_given"]


_CHOICES = {
    "clock": ("real", "virtual", "auto"),
    "transcribe_agent": ("never", "auto", "always"),
    "save_artifacts": ("never", "failure", "always"),
}
