"""Serves the dashboard to the browser of this machine, and to nobody else.

It listens on the loopback interface only. That alone does not keep web pages out: a page from anywhere may
send requests to localhost, and by DNS rebinding even read the answers. So the `Host` must be one of this
machine, and the one request that does something needs a token that only the page itself knows.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import secrets
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from scenario._dashboard.page import content_security_policy
from scenario.errors import ScenarioError

if TYPE_CHECKING:
    from scenario._dashboard.dashboard import Dashboard

_log = logging.getLogger("scenario")

_LOOPBACK = "127.0.0.1"
_NAMES = ("localhost", _LOOPBACK)
_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": f"{content_security_policy(is_served=True)}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class DashboardServer(ThreadingHTTPServer):
    """An HTTP server on the loopback interface with one page and one action.

    Args:
        dashboard: what is served.
        port: to listen on; 0 takes a free one.

    Raises:
        OSError: the port is in use or not allowed.
    """

    daemon_threads = True  # Ctrl-C does not wait for a model
    # Elsewhere it only skips the wait after a restart; on Windows it would share a port that is in use.
    allow_reuse_address = os.name != "nt"

    def __init__(self, dashboard: Dashboard, port: int) -> None:
        self._desk = _Desk(dashboard)
        super().__init__((_LOOPBACK, port), partial(_Handler, desk=self._desk))
        self._desk.port = self.server_port

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://localhost:{self.server_port}"


class _Desk:
    """What the handlers of all requests share."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard
        self.port = 0
        self.token = secrets.token_urlsafe(32)
        self.working = threading.Lock()

    @property
    def hosts(self) -> set[str]:
        """The values of `Host` under which this server may be asked."""
        hosts = {f"{name}:{self.port}" for name in _NAMES}
        return hosts | set(_NAMES) if self.port == 80 else hosts


class _Handler(BaseHTTPRequestHandler):
    timeout = 30  # seconds for a request to arrive

    def __init__(self, *args: Any, desk: _Desk) -> None:
        self._desk = desk
        super().__init__(*args)

    def do_GET(self) -> None:
        if self._is_misdirected():
            return
        if self.path.partition("?")[0] != "/":
            self._answer(HTTPStatus.NOT_FOUND, "There is only one page, at /.")
            return
        self._answer(HTTPStatus.OK, self._desk.dashboard.page(token=self._desk.token), _HTML)

    def do_POST(self) -> None:
        if self._is_misdirected():
            return
        if self.path != "/fixes":
            self._answer(HTTPStatus.NOT_FOUND, "There is nothing to do but /fixes.")
        elif not self._comes_from_the_page():
            self._answer(HTTPStatus.FORBIDDEN, "This request does not come from the page: reload the page.")
        elif self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This request must have no content.")
        elif not self._desk.working.acquire(blocking=False):
            self._answer(HTTPStatus.CONFLICT, "The fixes are being made already.")
        else:
            try:
                self._regenerate()
            finally:
                self._desk.working.release()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request that the base class does not understand, without repeating any of it."""
        del message, explain
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._answer(status, status.phrase)

    def version_string(self) -> str:
        """Return the name of this server, and no version of anything."""
        return "scenario"

    def log_message(self, format: str, *args: Any) -> None:
        """Log a request where nobody is disturbed by it."""
        _log.debug("dashboard: %s", (format % args).encode("unicode_escape").decode())

    def _is_misdirected(self) -> bool:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) == 1 and hosts[0].lower() in self._desk.hosts:
            return False
        self._answer(HTTPStatus.MISDIRECTED_REQUEST, f"Open http://localhost:{self._desk.port} instead.")
        return True

    def _comes_from_the_page(self) -> bool:
        token = self.headers.get("X-Scenario-Token", "")
        if not hmac.compare_digest(token.encode(), self._desk.token.encode()):
            return False
        origin = self.headers.get("Origin")
        return origin is None or origin.lower() in {f"http://{host}" for host in self._desk.hosts}

    def _regenerate(self) -> None:
        try:
            asyncio.run(self._desk.dashboard.regenerate())
        except ScenarioError as error:
            self._answer(HTTPStatus.BAD_GATEWAY, str(error))
        except Exception:  # noqa: BLE001 - the click gets an answer; only errors of ours surely hold no secret
            _log.warning("the fixes could not be made", exc_info=True)
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "No fixes: the terminal shows why.")
        else:
            self._answer(HTTPStatus.NO_CONTENT, "")

    def _answer(self, status: HTTPStatus, text: str, content_type: str = _TEXT) -> None:
        body = text.encode(errors="backslashreplace")
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, POST")
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:  # the browser went away
            _log.debug("dashboard: the reader of %d bytes has gone", len(body))
