"""The pages' door: whoever has no session gets no page, no line, and nothing of anybody else's page."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role, owner
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .conftest import Look
from .site import PASSWORD, Site

LINE = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
PAGES = ("/", "/runs", "/endpoints", "/schedules", "/access", "/me", "/audit", "/notices", "/runs/1", "/nothing")


def answered(site: Site, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        is_line = answer.status == 101
        told = {name.casefold(): value for name, value in answer.getheaders()}
        return answer.status, told, "" if is_line else answer.read().decode()
    finally:
        connection.close()


def session_of(site: Site, name: str) -> str:
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    body = f'{{"name": "{name}", "password": "{PASSWORD}"}}'
    connection.request("POST", "/api/v1/login", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return str(answer.getheader("Set-Cookie")).partition(";")[0]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_not_logged_in_is_sent_to_the_log_in_from_every_page(site: Site, path: str):
    status, told, body = answered(site, path, Accept="text/html")
    assert status == 303
    assert told["location"].startswith("/login?to=%2F")
    assert body == ""


@pytest.mark.slow
def test_nobody_holds_a_line_without_a_session_of_this_site(site: Site):
    own = {"Cookie": session_of(site, "vera")}
    websocket = LINE.replace("polling", "websocket")
    assert answered(site, LINE)[0] == 401
    assert answered(site, websocket, **UPGRADE)[0] == 403
    assert answered(site, LINE, Cookie="kingmaker=guessed")[0] == 401
    assert answered(site, websocket, **UPGRADE, **own, Origin="https://evil.example")[0] == 403
    assert answered(site, LINE, **own, Origin="https://evil.example")[0] == 403
    assert answered(site, websocket, **UPGRADE, **own, Origin=site.url)[0] == 101


@pytest.mark.slow
def test_a_page_of_somebody_else_answers_to_nobody_but_them(site: Site):
    """Also to a session of this site: not even for a moment does it hold the other's line."""
    ada, vera = session_of(site, "ada"), session_of(site, "vera")
    _, _, page = answered(site, "/access", Accept="text/html", Cookie=ada)
    (client,) = re.findall(r"'client_id': '([0-9a-f-]{36})'", page)
    line = f"{LINE.replace('polling', 'websocket')}&client_id={client}"
    assert answered(site, line, **UPGRADE, Cookie=vera, Origin=site.url)[0] == 403
    assert answered(site, line, **UPGRADE, Cookie=ada, Origin=site.url)[0] == 101


@pytest.mark.slow
def test_what_is_no_page_and_no_route_is_told_programs_as_a_problem(site: Site):
    status, told, body = answered(site, "/api/v1/nothing", Accept="text/html")
    assert status == 404
    assert told["content-type"] == "application/problem+json"
    assert '"code":"not_found"' in body
    assert answered(site, "/_nicegui/nothing")[0] == 404


def test_a_page_runs_no_script_from_elsewhere(look: Look):
    viewer = look("vera")
    page = viewer.opens("/")
    assert refused(page, "https://evil.example/x.js") == "script-src-elem"
    page = viewer.opens("/me")
    assert refused(page, "data:text/javascript,1") == "script-src-elem"
    viewer.expects("Content Security Policy", "evil.example")


def refused(page: Page, source: str) -> str:
    """What a browser says that it will not do."""
    return str(
        page.evaluate(
            """(source) => new Promise((told) => {
                document.addEventListener('securitypolicyviolation', (event) => told(event.effectiveDirective));
                const script = document.createElement('script');
                script.src = source;
                document.head.append(script);
            })""",
            source,
        )
    )


@pytest.fixture
def scoped(own_site: Site) -> Site:
    """With somebody who sees the pipeline `cards` and nothing of `book`."""
    house = open_house(Settings(home=own_site.console.home))
    office = Office(house, owner("root"))
    office.put_person("cara", [Role.ADMIN], pipelines=["cards"], password=PASSWORD)
    house.vault.name("endpoints/book/till-1.json", b'{"version":"x","edition":1}')
    house.close()
    return own_site


@pytest.mark.slow
def test_no_list_tells_of_a_pipeline_outside_a_scope(scoped: Site):
    own = {"Cookie": session_of(scoped, "cara"), "Accept": "text/html"}
    for path in ("/", "/runs", "/endpoints", "/schedules", "/access", "/audit", "/notices", "/endpoints?pipeline=book"):
        status, _, body = answered(scoped, path, **own)
        assert status in {200, 404}, path
        told = body.replace("?pipeline=book", "").replace("%3Fpipeline%3Dbook", "").replace("pipeline 'book'", "")
        assert "till-1" not in told, path
        assert ">book<" not in told, path
        assert "/pipelines/book" not in told, path
    everybody = {"Cookie": session_of(scoped, "vera"), "Accept": "text/html"}
    assert "till-1" in answered(scoped, "/endpoints", **everybody)[2]
    assert "/pipelines/book" in answered(scoped, "/", **everybody)[2]
