"""The messages of Pipecat's protobuf framing (package `pipecat`, `frames.proto`), built at run time.

Source: https://github.com/pipecat-ai/pipecat/blob/main/src/pipecat/frames/frames.proto
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

if TYPE_CHECKING:
    from google.protobuf.message import Message

__all__ = ["DecodeError", "Frame"]

_U32, _U64 = FieldDescriptorProto.TYPE_UINT32, FieldDescriptorProto.TYPE_UINT64
_TEXT, _BYTES = FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_BYTES
_HEAD = [("id", _U64), ("name", _TEXT)]
_MESSAGES = {
    "text": ("TextFrame", [*_HEAD, ("text", _TEXT)]),
    "audio": (
        "AudioRawFrame",
        [*_HEAD, ("audio", _BYTES), ("sample_rate", _U32), ("num_channels", _U32), ("pts", _U64)],
    ),
    "transcription": (
        "TranscriptionFrame",
        [*_HEAD, ("text", _TEXT), ("user_id", _TEXT), ("timestamp", _TEXT)],
    ),
    "message": ("MessageFrame", [("data", _TEXT)]),
    "interruption": ("InterruptionFrame", _HEAD),
}
"""Kinds of a frame in the order of their numbers, with the fields of each in the order of theirs."""


def _frame_class() -> type[Message]:
    file = FileDescriptorProto(name="scenario/pipecat_frames.proto", package="pipecat", syntax="proto3")
    for name, fields in _MESSAGES.values():
        message = file.message_type.add(name=name)
        for number, (field, type) in enumerate(fields, start=1):
            message.field.add(name=field, number=number, type=type, label=FieldDescriptorProto.LABEL_OPTIONAL)
    frame = file.message_type.add(name="Frame")
    frame.oneof_decl.add(name="frame")
    for number, (kind, (name, _)) in enumerate(_MESSAGES.items(), start=1):
        frame.field.add(
            name=kind,
            number=number,
            type=FieldDescriptorProto.TYPE_MESSAGE,
            type_name=f".pipecat.{name}",
            label=FieldDescriptorProto.LABEL_OPTIONAL,
            oneof_index=0,
        )
    pool = DescriptorPool()  # of its own: a bot in the same process has the same names in the common one
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("pipecat.Frame"))


Frame: Any = _frame_class()
"""`Frame(audio={...})` or `Frame(message={...})`; `WhichOneof("frame")` tells the kind."""
