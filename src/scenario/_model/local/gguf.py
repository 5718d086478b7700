"""What must be known of a GGUF file before llama.cpp loads it: that it is one, and its context length.

llama.cpp reserves memory for the whole context when it loads a model, so the length has to be asked for
beforehand. Source of the layout: the GGUF specification of the ggml project, versions 2 and 3.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_LONGEST_KEY = 65_535
_LONGEST_VALUE = 1 << 40


def context_length(path: Path) -> int | None:
    """Return the number of tokens that the model was trained to attend to; `None` if the file does not say.

    Raises:
        ValueError: it is not a GGUF file, or broken.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != _MAGIC:
            raise ValueError(f"{str(path)!r} is not a GGUF file: it does not begin with {_MAGIC!r}")
        try:
            return _find_context_length(file)
        except (struct.error, KeyError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(f"{str(path)!r} is a broken GGUF file: its header cannot be read") from error


def _find_context_length(file: BinaryIO) -> int | None:
    _version, _tensors, entries = struct.unpack("<IQQ", file.read(20))
    for _ in range(entries):
        key = _take(file, min(_number(file, 10), _LONGEST_KEY)).decode()
        kind = _number(file, 4)
        if key.endswith(".context_length") and kind not in (_STRING, _ARRAY):
            return int(_number(file, kind))
        _skip(file, kind)
    return None


def _take(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise struct.error("unexpected end of file")
    return data


def _number(file: BinaryIO, kind: int) -> int:
    layout = "<" + _FORMATS[kind]
    return struct.unpack(layout, _take(file, struct.calcsize(layout)))[0]


def _pass_over(file: BinaryIO, size: int) -> None:
    if size > _LONGEST_VALUE:
        raise struct.error("a value longer than any file")
    file.seek(size, 1)


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        _pass_over(file, _number(file, 10))
    elif kind == _ARRAY:
        item, count = _number(file, 4), _number(file, 10)
        if item in _FORMATS:
            _pass_over(file, struct.calcsize("<" + _FORMATS[item]) * count)
        else:
            for _ in range(count):
                _skip(file, item)
    else:
        _number(file, kind)
