"""A file is fetched from Slack, and the bot's token goes nowhere else."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.bot import services_of
from tests.support.elsewhere import Elsewhere
from tests.support.workspaces import CHANNEL, LocalWorkspace, local_workspace
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.queue import Retry
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.downloads import download
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.storage.database import Database

pytestmark = pytest.mark.databases("sqlite")

LINE = b'{"messages": []}\n'


@pytest.fixture
async def slack() -> AsyncGenerator[LocalWorkspace]:
    async with local_workspace() as opened:
        yield opened


@pytest.fixture
def context(slack: LocalWorkspace, database: Database, tmp_path: Path) -> Context:
    return Context(services_of(tmp_path, database, f"{slack.url}/api/"), slack.client)


async def _attached(slack: LocalWorkspace) -> dict[str, Any]:
    form = aiohttp.FormData({"user": "U0ALICE", "channel": CHANNEL})
    form.add_field("file", LINE, filename="a.jsonl")
    async with slack.session.post(f"{slack.url}/control/files", data=form) as response:
        files: list[dict[str, Any]] = (await response.json())["files"]
    return files[0]


async def test_an_address_in_an_event_that_is_not_slacks_gets_no_token(
    context: Context, slack: LocalWorkspace, elsewhere: Elsewhere
) -> None:
    file = await _attached(slack)
    host = elsewhere.url.removeprefix("http://")
    for url in (elsewhere.url, f"{slack.url}@{host}", f"https://files.slack.com@{host}"):
        told = SlackFile.model_validate(file | {"url_private_download": url})
        _, path = await download(context, file["id"], told)
        assert path.read_bytes() == LINE, "Slack was asked where it is"
    assert not elsewhere.connections


async def test_an_address_of_files_info_that_is_not_slacks_is_refused(
    context: Context, slack: LocalWorkspace, elsewhere: Elsewhere
) -> None:
    file = await _attached(slack)
    answer = {"ok": True, "file": {"id": "F1", "url_private_download": elsewhere.url}}
    body, kind = json.dumps(answer), "application/json"
    await slack.fault("files.info", "odd", body=body, content_type=kind)
    with pytest.raises(DatasetError):
        await download(context, file["id"])
    assert not elsewhere.connections


async def test_a_redirect_is_not_followed(
    context: Context, slack: LocalWorkspace, elsewhere: Elsewhere
) -> None:
    file = await _attached(slack)
    await slack.fault("url_private", "redirect", location=elsewhere.url)
    with pytest.raises(Retry):
        await download(context, file["id"])
    assert not elsewhere.connections
    assert not list(context.services.settings.files.glob("*.part"))


async def test_more_bytes_than_any_provider_takes_are_refused_whatever_size_was_told(
    context: Context, slack: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    providers = context.services.catalogue.providers
    for name, provider in list(providers.items()):
        smaller = provider.model_copy(update={"max_file_bytes": len(LINE) - 1})
        monkeypatch.setitem(providers, name, smaller)
    file = await _attached(slack)
    with pytest.raises(DatasetError, match="the limit is 16 byte"):
        await download(context, file["id"], SlackFile.model_validate(file | {"size": 1}))
    assert not any(context.services.settings.files.iterdir())
