"""A real browser, batches on disk, and the dashboard as it is served."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from scenario._dashboard.dashboard import Dashboard
from scenario._dashboard.server import DashboardServer

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium_path():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return pytest.fail(
        "the dashboard is tested in a real browser: apt-get install -y chromium", pytrace=False
    )


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def opener(browser, stack):
    """Return a function that opens an address; the page keeps what happened on it in `page.seen`."""

    def open_page(url, *, width=1280, scheme="light", **options):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        stack.callback(context.close)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.seen = seen = {"requests": [], "dialogs": [], "console": [], "errors": [], "violations": []}
        page.on("request", lambda request: seen["requests"].append(request.url))
        page.on("dialog", lambda dialog: (seen["dialogs"].append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: seen["console"].append(message.text))
        page.on("pageerror", lambda error: seen["errors"].append(str(error)))
        page.expose_function("sawViolation", lambda directive: seen["violations"].append(directive))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', event => sawViolation(event.violatedDirective))"
        )
        page.goto(url)
        return page

    return open_page


@pytest.fixture
def open_page(browser):
    """Open pages that are closed after the test."""
    with contextlib.ExitStack() as stack:
        yield opener(browser, stack)


def write_reports(folder, reports, clusters=()):
    """Write reports as files into a batch folder, and cached fixes beside them."""
    folder.mkdir()
    for number, report in enumerate(reports):
        (folder / (report.file_name or f"{number}.json")).write_text(json.dumps(report.to_dict()))
    if clusters:
        (folder / "_aggregated_fixes.json").write_text(json.dumps({"clusters": list(clusters)}))
    return folder


@pytest.fixture
def serve():
    """Serve a batch folder on a free port of the loopback interface."""
    with contextlib.ExitStack() as stack:

        def serve(folder):
            server = stack.enter_context(DashboardServer(Dashboard(folder), 0))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join, 10)
            stack.callback(server.shutdown)
            return server

        yield serve


@pytest.fixture
def neighbour():
    """Another server on this machine, which keeps what it is asked in `requests`."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.url, server.requests = f"http://127.0.0.1:{server.server_port}/", requests
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def write_page(folder):
    """Write the page of a batch folder to a file beside it, and return its address."""
    path = folder.parent / f"{len(folder.name)}.html"
    path.write_text(Dashboard(folder).page(), encoding="utf-8")
    return path.as_uri()
