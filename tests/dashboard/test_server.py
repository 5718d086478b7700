"""The server answers the browser of this machine, and nobody else."""

import http.client
import json
import re
import socket
from dataclasses import replace

import pytest

from scenario._dashboard.dashboard import Dashboard
from scenario._dashboard.server import DashboardServer
from scenario._model.registry import register_model_provider, unregister_model_provider
from scenario.errors import ModelCallError
from scenario.types import ModelResponse
from tests.dashboard.conftest import write_reports
from tests.dashboard.sample_batch import FIXES, SAMPLE, TRANSFER


@pytest.fixture
def folder(tmp_path):
    return write_reports(tmp_path / "batch", SAMPLE)


@pytest.fixture
def server(serve, folder):
    return serve(folder)


@pytest.fixture
def model():
    """A model `fake/fixes` that answers with the sample's fixes, or raises what is put into `failure`."""

    class Model:
        failure = None

        async def __call__(self, request):
            self.prompts.append(request.messages[-1]["content"])
            if self.failure:
                raise self.failure
            return ModelResponse(text=json.dumps({"clusters": list(FIXES)}))

    model = Model()
    model.prompts = []
    register_model_provider("fake", model)
    yield model
    unregister_model_provider("fake")


@pytest.fixture
def fake_folder(tmp_path):
    return write_reports(tmp_path / "fake", [replace(TRANSFER, metaprompt_model="fake/fixes")])


def ask(server, method="GET", path="/", *, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body=body, headers=named)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def token_of(server):
    return re.search(r'data-token="([^"]+)"', ask(server)[1])[1]


def test_it_listens_on_loopback_only(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://localhost:{server.server_port}"


def test_the_page_is_served_with_headers_that_lock_it_up(server):
    response, text = ask(server)
    assert response.status == 200
    assert "transfer without confirmation" in text
    headers = dict(response.getheaders())
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Server"] == "scenario"


def test_a_reload_shows_what_was_added(server, folder):
    assert "brand new test" not in ask(server)[1]
    (folder / "new.json").write_text(json.dumps({"test_name": "brand new test", "status": "held"}))
    assert "brand new test" in ask(server)[1]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "localhost:1", "localhost", "[::1]:{port}", ""]
)
def test_another_host_name_is_refused(server, host):
    """A page of evil.example that resolves to this machine must read nothing."""
    response, text = ask(server, Host=host.format(port=server.server_port))
    assert response.status == 421
    assert "transfer" not in text
    assert ask(server, "POST", "/fixes", Host=host.format(port=server.server_port))[0].status == 421


@pytest.mark.parametrize("host", ["localhost:{port}", "LOCALHOST:{port}", "127.0.0.1:{port}"])
def test_names_of_this_machine_are_accepted(server, host):
    assert ask(server, Host=host.format(port=server.server_port))[0].status == 200


@pytest.mark.parametrize("path", ["/favicon.ico", "/../etc/passwd", "/index.html", "/fixes"])
def test_there_is_one_page(server, path):
    assert ask(server, path=path)[0].status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE"])
def test_other_methods_are_refused(server, method):
    response, text = ask(server, method)
    assert response.status == 405
    assert response.getheader("Allow") == "GET, POST"
    assert method not in text


@pytest.mark.parametrize(
    "request_", [b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"x" * 70_000, b"\x16\x03\x01\r\n"]
)
def test_what_is_no_request_gets_a_plain_refusal(server, request_):
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as peer:
        peer.sendall(request_)
        peer.shutdown(socket.SHUT_WR)
        answer = peer.makefile("rb").read()
    assert b"html" not in answer.lower()
    assert ask(server)[0].status == 200


def test_nothing_is_regenerated_without_the_token(serve, fake_folder, model):
    server = serve(fake_folder)
    token = token_of(server)
    refused = [
        ask(server, "POST", "/fixes"),
        ask(server, "POST", "/fixes", X_Scenario_Token="wrong"),
        ask(server, "POST", "/fixes", X_Scenario_Token="\xe9"),
        ask(server, "POST", "/fixes", X_Scenario_Token=token, Origin="http://evil.example"),
        ask(server, "POST", "/fixes", X_Scenario_Token=token, Origin="null"),
    ]
    assert [response.status for response, _ in refused] == [403] * 5
    assert ask(server, "POST", "/fixes", body=b"x", X_Scenario_Token=token)[0].status == 413
    assert ask(server, "POST", "/other", X_Scenario_Token=token)[0].status == 404
    assert model.prompts == []


def test_fixes_are_made_once_at_a_time(serve, fake_folder, model):
    server = serve(fake_folder)
    token = token_of(server)
    with server._desk.working:
        assert ask(server, "POST", "/fixes", X_Scenario_Token=token)[0].status == 409
    assert ask(server, "POST", "/fixes", X_Scenario_Token=token)[0].status == 204
    assert len(model.prompts) == 1


def test_a_token_of_another_process_is_worth_nothing(serve, fake_folder):
    one, other = serve(fake_folder), serve(fake_folder)
    assert token_of(one) != token_of(other)
    assert ask(one, "POST", "/fixes", X_Scenario_Token=token_of(other))[0].status == 403


def test_a_failing_model_is_said_to_whoever_clicked(serve, fake_folder, model):
    model.failure = ModelCallError("no key for fake/fixes", model="fake/fixes")
    server = serve(fake_folder)
    response, text = ask(server, "POST", "/fixes", X_Scenario_Token=token_of(server))
    assert response.status == 502
    assert "no key for fake/fixes" in text


def test_the_button_has_the_fixes_made_and_shows_them(open_page, serve, fake_folder, model):
    page = open_page(serve(fake_folder).url)
    assert model.prompts == []  # opening the page sends nothing anywhere
    assert page.get_by_text(
        "Sends names, summaries and suggestions of these runs to fake/fixes."
    ).is_visible()
    page.get_by_role("button", name="Generate fixes").click()
    page.get_by_role("heading", name="Enforce confirmation codes in the tool").wait_for()
    assert page.get_by_role("button", name="Regenerate fixes").is_enabled()
    assert len(model.prompts) == 1
    assert page.seen["violations"] == page.seen["errors"] == []


def test_a_failure_is_shown_beside_the_button(open_page, serve, fake_folder, model):
    model.failure = ModelCallError("the model is <b>out</b> of order", model="fake/fixes")
    page = open_page(serve(fake_folder).url)
    page.get_by_role("button", name="Generate fixes").click()
    page.get_by_role("status").get_by_text("the model is <b>out</b> of order").wait_for()
    assert page.get_by_role("button", name="Generate fixes").is_enabled()


def test_a_port_in_use_is_an_error(server, folder):
    with pytest.raises(OSError, match="in use"):
        DashboardServer(Dashboard(folder), server.server_port)
