"""A real HTTP server on loopback in the place of the Hugging Face hub."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hub:
    """Serves one file whatever the path.

    Attributes:
        content: the file.
        stated: the content whose size and SHA-256 are stated; other than `content` for a hub that errs.
        stated_size: overrides the stated size.
        status: of every answer.
        sends: bytes of the file after which the connection is closed; `None` for all.
        silent: whether requests are taken and never answered.
        downloads: number of GET requests for the file so far.
    """

    def __init__(self, content: bytes = b"GGUF" + b"x" * 5000) -> None:
        self.content = content
        self.stated = content
        self.stated_size: int | None = None
        self.status = 200
        self.sends: int | None = None
        self.silent = False
        self.downloads = 0
        self.closing = threading.Event()

    @contextmanager
    def serve(self) -> Iterator[str]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.closing.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(hub) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._respond(body=False)

            def do_GET(self) -> None:
                self._respond(body=True)

            def _respond(self, *, body: bool) -> None:
                if hub.silent:
                    hub.closing.wait(30)
                    return
                if not self.path.endswith(".gguf"):
                    self.send_error(404)
                    return
                size = len(hub.stated) if hub.stated_size is None else hub.stated_size
                self.send_response(hub.status)
                self.send_header("Content-Length", str(size))
                self.send_header("ETag", f'"{hashlib.sha256(hub.stated).hexdigest()}"')
                self.send_header("X-Repo-Commit", "a" * 40)
                self.end_headers()
                if body and hub.status == 200:
                    hub.downloads += 1
                    self.wfile.write(hub.content[: hub.sends])

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
