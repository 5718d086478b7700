"""The process in which PocketSphinx listens.

PocketSphinx holds Python's lock while it decodes, so that in a thread it would stop every event loop of the
process for seconds; and a process can be killed when nobody waits for it any more. Run as a script. On its
standard input it takes requests, each the number of bytes (8, big-endian) and PCM16 at 16,000 Hz; it answers
each on its standard output with the number of bytes (8, big-endian) and the text in UTF-8. It ends with its
input.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    pocketsphinx: Any = import_module("pocketsphinx")  # it has no types
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    while len(size := requests.read(8)) == 8:
        audio = requests.read(int.from_bytes(size, "big"))
        text = _transcribe(decoder, audio).encode()
        answers.write(len(text).to_bytes(8, "big") + text)
        answers.flush()


def _transcribe(decoder: Any, audio: bytes) -> str:
    decoder.start_utt()
    try:
        decoder.process_raw(audio, False, True)  # as a whole, which is how it hears best
    finally:
        decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


if __name__ == "__main__":
    main()
