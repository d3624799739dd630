"""How the page's files are served."""

import aiohttp
import pytest
from yarl import URL

from tunesmith.local.workspace.workspace import Workspace


async def test_the_page_is_the_index(ws: Workspace, session: aiohttp.ClientSession):
    async with session.get(f"{ws.base_url}/") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "<!doctype html>" in (await response.text()).lower()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("main.js", "text/javascript"),
        ("styles/base.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_every_file_has_its_type_and_is_revalidated(
    path: str, kind: str, ws: Workspace, session: aiohttp.ClientSession
):
    url = f"{ws.base_url}/page/{path}"
    async with session.get(url) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert response.headers["Cache-Control"] == "no-cache"
        etag = response.headers["ETag"]
    async with session.get(url, headers={"If-None-Match": etag}) as response:
        assert response.status == 304


@pytest.mark.parametrize(
    "path", ["/page/none.js", "/page/..%2fserver.py", "/page/%2e%2e/server.py", "/page/"]
)
async def test_nothing_outside_the_page_is_served(
    path: str, ws: Workspace, session: aiohttp.ClientSession
):
    async with session.get(URL(f"{ws.base_url}{path}", encoded=True)) as response:
        assert response.status == 404
