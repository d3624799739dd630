"""Only this machine, and no other web site."""

import socket

import aiohttp
import pytest

from tests.workspace.conftest import Control
from tunesmith.local.workspace.workspace import Workspace

PATHS = ["/", "/control/state", "/api/auth.test", "/control/stream", "/files-pri/T-F/a"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
    ids=str,
)
async def test_strangers_are_refused(
    path: str, headers: dict[str, str], ws: Workspace, session: aiohttp.ClientSession
):
    async with session.get(f"{ws.base_url}{path}", headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_the_page_itself_and_scripts_are_let_in(
    name: str, ws: Workspace, session: aiohttp.ClientSession
):
    port = ws.base_url.rpartition(":")[2]
    own = f"http://{name}:{port}"
    for headers in (
        {},
        {"Origin": own},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    ):
        async with session.get(
            f"{ws.base_url}/control/state", headers={"Host": f"{name}:{port}", **headers}
        ) as response:
            assert response.status == 200


async def test_a_link_from_elsewhere_may_open_the_page_but_nothing_else(
    ws: Workspace, session: aiohttp.ClientSession
):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    for path, status in (("/", 200), ("/control/state", 403)):
        async with session.get(f"{ws.base_url}{path}", headers=headers) as response:
            assert response.status == status


async def test_another_site_cannot_watch_the_changes(ws: Workspace, session: aiohttp.ClientSession):
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await session.ws_connect(
            f"{ws.base_url}/control/stream?user=U0ALICE", origin="http://evil.example"
        )
    assert caught.value.status == 403


async def test_a_cross_site_form_cannot_write(control: Control):
    async with control.session.post(
        f"{control.url}/api/chat.postMessage",
        data={"token": "xoxb-local", "channel": "C0TUNING", "text": "x"},
        headers={"Origin": "http://evil.example"},
    ) as response:
        assert response.status == 403
    assert await control.messages() == []


async def test_it_listens_on_loopback_only(ws: Workspace):
    port = int(ws.base_url.rpartition(":")[2])
    outside = [
        info[4][0]
        for info in socket.getaddrinfo(socket.gethostname(), port, family=socket.AF_INET)
        if not str(info[4][0]).startswith("127.")
    ]
    for address in outside:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            assert probe.connect_ex((address, port)) != 0
