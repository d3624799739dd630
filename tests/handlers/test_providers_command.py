"""`/tune providers` and `/tune deployment`: who is connected, and what a model is asked by."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.support.rows import add_rows, dataset_row, job_row
from tests.support.workspaces import CHANNEL, local_workspace
from tunesmith.bot import clock
from tunesmith.bot.answers.model import not_deployed
from tunesmith.bot.errors import NotAllowedError
from tunesmith.bot.messages import from_stored, say, text_for, to_stored
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers import connect
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import ProviderSettings, Settings
from tunesmith.handlers.job.commands.providers import deployment, providers
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.job.result import Charts, result_blocks
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import audit, channels, jobs
from tunesmith.storage.database import Database
from tunesmith.storage.jobs import JobStatus

TEAM = "T0LOCAL"


@pytest.fixture
async def context(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Context]:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))
    nowhere = ProviderSettings(api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1")
    names = ("openai", "azure", "together")
    settings = Settings(data_dir=tmp_path, providers=dict.fromkeys(names, nowhere))
    catalogue = load_catalogue()
    clients = connect(settings, catalogue)
    services = Services(settings, catalogue, database, Queue(database), clients, Processes())
    async with local_workspace() as slack:
        yield Context(services, slack.client)
    for client in clients.values():
        await client.close()


def _asked(context: Context, rest: str, user: str = "U0ALICE", language: str = "en") -> Asked:
    return Asked(context, text_for(language), TEAM, ThreadRef(CHANNEL, None, user), rest)


async def _chosen(context: Context) -> str | None:
    async with context.services.database.read() as connection:
        return await channels.default_provider(connection, team=TEAM, channel=CHANNEL)


@pytest.mark.parametrize("language", ["en", "ko", "zh"])
async def test_each_connected_provider_is_listed_with_its_dates(
    context: Context, language: str
) -> None:
    said, _ = await providers(_asked(context, "", language=language))
    for name in ("`openai`", "`azure`", "`together`"):
        assert name in said
    assert "2027" in said


async def test_a_channel_has_a_default_provider_which_can_be_changed(context: Context) -> None:
    assert await _chosen(context) is None
    for name in ("azure", "Together"):
        await providers(_asked(context, name))
        assert await _chosen(context) == name.lower()
    said, _ = await providers(_asked(context, ""))
    assert "`together`), *default of this channel*" in said
    async with context.services.database.read() as connection:
        entries = await audit.page(connection, TEAM, channels=[CHANNEL])
    assert [entry.subject for entry in entries] == ["together", "azure"]


async def test_a_provider_that_is_not_connected_becomes_nobodys_default(context: Context) -> None:
    said, _ = await providers(_asked(context, "nebius"))
    assert "not connected" in said
    assert await _chosen(context) is None


@pytest.mark.databases("sqlite")
async def test_the_provider_on_this_machine_is_named_in_the_readers_language(
    context: Context,
) -> None:
    title = context.titles["local"]
    for language, name in (("en", "This machine"), ("ko", "이 컴퓨터"), ("zh", "本机")):
        said = text_for(language)("provider.default_set", provider=title)
        assert name in said
        assert name in text_for(language)(
            from_stored(to_stored(say("provider.no_answer", provider=title)))
        )


async def test_guests_choose_nothing(context: Context) -> None:
    with pytest.raises(NotAllowedError):
        await providers(_asked(context, "azure", user="U0GUEST"))
    with pytest.raises(NotAllowedError):
        await deployment(_asked(context, "j1 ours", user="U0GUEST"))


async def test_a_model_is_offered_for_questions_once_its_deployments_name_is_told(
    context: Context,
) -> None:
    dataset = dataset_row(team=TEAM, channel=CHANNEL)
    job = job_row(dataset, "j1", provider="azure", base_model="gpt-4.1-2025-04-14")
    await add_rows(context.services.database, dataset, job)
    said, _ = await deployment(_asked(context, "j1 ours"))
    assert "no tuned model" in said
    async with context.services.database.write() as connection:
        await jobs.change(connection, "j1", fine_tuned_model="gpt-4.1.ft-1")
    for rest in ("", "j1", "j2 ours"):
        said, _ = await deployment(_asked(context, rest))
        assert "/tune deployment" in said
    assert "ask_model" not in await _result(context)
    await deployment(_asked(context, "j1 ours"))
    assert "ask_model" in await _result(context)


async def _result(context: Context) -> str:
    """What stands in the thread at the end of the job."""
    async with context.services.database.read() as connection:
        job = await jobs.get(connection, "j1")
    assert job is not None
    ended = replace(job, status=JobStatus.SUCCEEDED)
    shown = Shown(ended, "a.jsonl", [], undeployed=not_deployed(context.services, ended))
    return str(result_blocks(text_for("en"), shown, Charts()))
