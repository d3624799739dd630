"""`tunesmith doctor` names what is wrong and what to do; `tunesmith run` does not start then."""

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr

from tests.support.provider_server import Fault, provider_server
from tests.support.waiting import PATIENCE
from tests.support.workspaces import LocalWorkspace, local_workspace
from tests.support.world import ROOT
from tunesmith.bot import clock
from tunesmith.bot.app import examine, run
from tunesmith.bot.doctor import Checked
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import text_for
from tunesmith.bot.settings import ProviderSettings, Settings, SlackSettings
from tunesmith.handlers.slack import installation
from tunesmith.local.workspace.server import running
from tunesmith.local.workspace.settings import Settings as WorkspaceSettings

JOBS = "/fine_tuning/jobs"


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
async def slack() -> AsyncGenerator[LocalWorkspace]:
    async with local_workspace() as opened:
        yield opened


def _settings(folder: Path, url: str, **values: Any) -> Settings:
    tokens: dict[str, Any] = {"bot_token": "xoxb-local", "app_token": "xapp-local"}
    tokens |= {
        name: values.pop(name) for name in list(values) if name.endswith(("token", "secret"))
    }
    slack = SlackSettings(
        api_url=f"{url}/api/", **{name: SecretStr(value) for name, value in tokens.items()}
    )
    return Settings(data_dir=folder, slack=slack, **values)


async def _bad(settings: Settings) -> list[Checked]:
    return [found async for found in examine(settings) if not found.good]


def _said(found: list[Checked]) -> str:
    return " ".join(text_for("en")(one.said) for one in found)


async def test_where_all_is_well_nothing_is_said_against_it(
    slack: LocalWorkspace, tmp_path: Path
) -> None:
    async with provider_server() as server:
        local = ProviderSettings(api_key=SecretStr("k"), base_url=server.url)
        settings = _settings(tmp_path, slack.url, providers={"local": local})
        assert await _bad(settings) == []


@pytest.mark.parametrize(
    ("tokens", "named"),
    [
        ({"bot_token": "xoxb-other"}, ["TUNESMITH_SLACK__BOT_TOKEN", "xoxb-", "invalid_auth"]),
        ({"bot_token": "xapp-local"}, ["TUNESMITH_SLACK__BOT_TOKEN", "xoxb-"]),
        ({"app_token": "xoxb-local"}, ["TUNESMITH_SLACK__APP_TOKEN", "xapp-"]),
        ({"bot_token": "", "app_token": " "}, ["__BOT_TOKEN", "__APP_TOKEN", "README"]),
        ({"http_port": 1}, ["TUNESMITH_SLACK__SIGNING_SECRET"]),
    ],
    ids=str,
)
async def test_a_token_that_is_wrong_or_missing_is_named_and_the_bot_does_not_start(
    slack: LocalWorkspace, tmp_path: Path, tokens: dict[str, Any], named: list[str]
) -> None:
    settings = _settings(tmp_path, slack.url, **tokens)
    fatal = [found for found in await _bad(settings) if found.fatal]
    assert all(word in _said(fatal) for word in named), _said(fatal)
    with pytest.raises(ConfigurationError) as refused:
        async with asyncio.timeout(PATIENCE):
            await run(settings)
    assert str(refused.value) == _said(fatal)


async def test_an_app_level_token_that_slack_refuses_is_named(
    slack: LocalWorkspace, tmp_path: Path
) -> None:
    found = await _bad(_settings(tmp_path, slack.url, app_token="xapp-other"))
    assert "TUNESMITH_SLACK__APP_TOKEN" in _said(found)
    assert "connections:write" in _said(found)


async def test_each_missing_scope_is_named(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    whole = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    less = whole.replace("      - files:read\n", "").replace("      - users:read\n", "")
    manifest.write_text(less, encoding="utf-8")
    async with running(WorkspaceSettings(manifest=manifest)) as ws:
        found = await _bad(_settings(tmp_path, ws.base_url))
    [scopes] = [one for one in found if text_for("en")(one.name) == "Scopes"]
    assert "files:read, users:read" in _said([scopes])
    assert not scopes.fatal


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (
            Fault(401, {"error": {"message": "Incorrect key", "code": "invalid_api_key"}}),
            ["Incorrect key", "The key is wrong", "TUNESMITH_PROVIDERS__LOCAL__API_KEY"],
        ),
        (Fault(403, {"error": {"message": "No access"}}), ["No access", "may use fine-tuning"]),
        (Fault(503), ["TUNESMITH_PROVIDERS__LOCAL__BASE_URL"]),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_providers_key_or_address_is_named(
    slack: LocalWorkspace, tmp_path: Path, fault: Fault, named: list[str]
) -> None:
    async with provider_server() as server:
        server.meet(f"GET {JOBS}", fault)
        local = ProviderSettings(api_key=SecretStr("k"), base_url=server.url)
        found = await _bad(_settings(tmp_path, slack.url, providers={"local": local}))
    assert all(word in _said(found) for word in named), _said(found)
    assert not any(one.fatal for one in found)


async def test_a_base_model_that_is_gone_and_one_that_ends_are_named(
    slack: LocalWorkspace, tmp_path: Path
) -> None:
    async with provider_server() as server:
        server.models = {
            "gpt-4.1-2025-04-14": {"id": "gpt-4.1-2025-04-14", "shutdown_date": "2026-12-24"},
            "gpt-4.1-mini": {"id": "gpt-4.1-mini"},
            "gpt-4o": {"id": "gpt-4o"},
        }
        ours = ProviderSettings(api_key=SecretStr("k"), base_url=server.url)
        settings = _settings(tmp_path, slack.url, providers={"openai": ours})
        said = _said(await _bad(settings))
    assert "gpt-4o-mini-2024-07-18 can no longer be found there" in said
    assert "gpt-4.1-2025-04-14 is shut down there on" in said


async def test_what_was_closed_is_told_with_its_date(
    slack: LocalWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 10))
    async with provider_server() as server:
        ours = ProviderSettings(api_key=SecretStr("k"), base_url=server.url)
        settings = _settings(tmp_path, slack.url, providers={"openai": ours})
        said = _said(await _bad(settings))
    assert "takes no new jobs" in said


async def test_a_key_that_is_refused_without_a_reason_is_named(
    slack: LocalWorkspace, tmp_path: Path
) -> None:
    async with provider_server() as server:
        server.meet(f"GET {JOBS}", Fault(401, "no"))
        ours = ProviderSettings(api_key=SecretStr("k"), base_url=server.url)
        said = _said(await _bad(_settings(tmp_path, slack.url, providers={"azure": ours})))
    assert "The key is wrong" in said
    assert "TUNESMITH_PROVIDERS__AZURE__API_KEY" in said


async def test_a_workspace_that_does_not_answer_is_told_and_stops_no_start(tmp_path: Path) -> None:
    found = await _bad(_settings(tmp_path, "http://127.0.0.1:9"))
    assert "http://127.0.0.1:9/api/ cannot be reached" in _said(found)
    assert not any(one.fatal for one in found)


async def test_an_answer_of_slacks_that_cannot_be_read_is_told_and_stops_no_start(
    slack: LocalWorkspace, tmp_path: Path
) -> None:
    settings = _settings(tmp_path, slack.url)
    for body in ("<html>down</html>", "", "[]", "null", "7", '"ok"', "{}", '{"ok":true}'):
        for content_type in ("application/json", "text/html"):
            for method in ("auth.test", "apps.connections.open"):
                await slack.fault(method, "odd", body=body, content_type=content_type)
            found = await _bad(settings)
            assert found, body
            assert not any(one.fatal for one in found), body
    for method in ("auth.test", "apps.connections.open"):
        await slack.fault(method, "drop", times=9)
    found = await _bad(settings)
    assert found
    assert not any(one.fatal for one in found)


async def test_a_full_disk_is_named_and_the_bot_does_not_start(
    slack: LocalWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_megabyte_left(_: Path) -> _Usage:
        return _Usage(10**12, 10**12 - 10**6, 10**6)

    monkeypatch.setattr(shutil, "disk_usage", one_megabyte_left)
    with pytest.raises(ConfigurationError, match="TUNESMITH_DATA_DIR to a larger disk"):
        await run(_settings(tmp_path, slack.url))


@pytest.mark.parametrize(("behind", "fatal"), [(90, False), (400, True)])
async def test_a_clock_that_is_off_is_named(
    slack: LocalWorkspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    behind: float,
    fatal: bool,
) -> None:
    settings = _settings(tmp_path, slack.url, http_port=1, signing_secret="s")
    clock_behind = SimpleNamespace(time=lambda: time.time() - behind)
    monkeypatch.setattr(installation, "time", clock_behind)
    [clock] = [one for one in await _bad(settings) if text_for("en")(one.name) == "Clock"]
    assert "NTP" in _said([clock])
    assert clock.fatal is fatal
