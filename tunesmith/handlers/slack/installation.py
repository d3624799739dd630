"""Whether the app is installed in Slack as the bot needs it: tokens, scopes, clock."""

import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.assets import asset
from tunesmith.bot.doctor import Checked
from tunesmith.bot.messages import Message, say
from tunesmith.bot.settings import Settings

# Without these, what came while the bot was away is taken up only from channels it knows, and no
# reaction tells how a thread's job stands.
_OPTIONAL = frozenset({"channels:read", "groups:read", "im:read", "reactions:write"})
_WRONG_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
_APP_LEVEL = "xapp-"
# What slack_sdk 3 raises where Slack can't be reached, or answers what is no JSON object.
_SILENT = (
    SlackClientError,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
_ODD_SECONDS = 60.0
# Slack's requests carry a time that may be this far from ours
# (docs.slack.dev/authentication/verifying-requests-from-slack).
_REFUSED_SECONDS = 300.0


async def check_installation(settings: Settings, client: AsyncWebClient) -> AsyncIterator[Checked]:
    """Tokens that are missing or wrong (fatal), scopes that are missing, a clock that is off.

    That Slack does not answer is told, and stops nobody. The app-level token is for
    `check_app_token`.
    """
    missing = missing_settings(settings)
    if missing:
        yield _bad(say("setting.missing", names=missing), fatal=True)
        return
    app_token = settings.slack.app_token.get_secret_value()
    if settings.http_port is None and not app_token.startswith(_APP_LEVEL):
        said = say("cli.doctor.app_token", code="not_allowed_token_type")
        yield _bad(said, fatal=True)
    try:
        answer: Any = await client.auth_test()
        yield Checked(
            _NAME,
            say("cli.doctor.workspace", user=str(answer["user"]), team=str(answer["team"])),
        )
        for found in (_scopes(answer.headers), _clock(answer.headers, settings)):
            if found is not None:
                yield found
    except SlackApiError as error:
        code = _code(error)
        wrong = code in _WRONG_TOKEN
        said = say("cli.doctor.bot_token" if wrong else "common.slack_refused", code=code)
        yield _bad(said, fatal=wrong)
    except _SILENT as error:
        yield _bad(say("cli.doctor.slack_silent", url=settings.slack.api_url, said=str(error)))


def missing_settings(settings: Settings) -> list[str]:
    """The settings without which the bot can't reach Slack or be reached by it."""
    needed = {"BOT_TOKEN": settings.slack.bot_token}
    if settings.http_port is None:
        needed["APP_TOKEN"] = settings.slack.app_token
    else:
        needed["SIGNING_SECRET"] = settings.slack.signing_secret
    return [
        f"TUNESMITH_SLACK__{name}"
        for name, value in needed.items()
        if not value.get_secret_value().strip()
    ]


_NAME = say("common.as_is", text="Slack")


def _bad(said: Message, *, fatal: bool = False) -> Checked:
    return Checked(_NAME, said, good=False, fatal=fatal)


async def check_app_token(settings: Settings, client: AsyncWebClient) -> AsyncIterator[Checked]:
    """Whether Slack takes the app-level token, by asking for a connection that nobody uses.

    Slack allows few of these a minute, so `tunesmith run` does not ask: its own connections are
    tried again, and the log says why they are refused.
    """
    app_token = settings.slack.app_token.get_secret_value()
    if settings.http_port is not None or not app_token.startswith(_APP_LEVEL):
        return
    name = say("cli.doctor.socket")
    try:
        await client.apps_connections_open(app_token=app_token)
        yield Checked(name, say("cli.doctor.answers"))
    except SlackApiError as error:
        code = _code(error)
        wrong = code in _WRONG_TOKEN | {"missing_scope"}  # that of connections:write
        key = "cli.doctor.app_token" if wrong else "common.slack_refused"
        yield Checked(name, say(key, code=code), good=False)
    except _SILENT:
        return  # `check_installation` tells that Slack does not answer


def _code(error: SlackApiError) -> str:
    response: Any = error.response
    told: dict[str, Any] | str | None = getattr(response, "data", None)
    return str(told.get("error")) if isinstance(told, dict) else "no JSON"


def _scopes(headers: dict[str, str]) -> Checked | None:
    given = _header(headers, "x-oauth-scopes")
    if given is None:
        return None
    manifest = yaml.safe_load(asset("manifest.yml").read_text(encoding="utf-8"))
    wanted: list[str] = manifest["oauth_config"]["scopes"]["bot"]
    have = {scope.strip() for scope in given.split(",")}
    missing = [scope for scope in wanted if scope not in have]
    if not missing:
        return None
    key = "cli.doctor.scopes" if set(missing) - _OPTIONAL else "cli.doctor.scopes_to_catch_up"
    return Checked(say("cli.doctor.scopes_name"), say(key, scopes=missing), good=False)


def _clock(headers: dict[str, str], settings: Settings) -> Checked | None:
    written = _header(headers, "date")
    if written is None:
        return None
    try:
        off = abs(time.time() - parsedate_to_datetime(written).timestamp())
    except ValueError:
        return None
    if off < _ODD_SECONDS:
        return None
    fatal = settings.http_port is not None and off > _REFUSED_SECONDS
    said = say("cli.doctor.clock_off", seconds=off)
    return Checked(say("cli.doctor.clock"), said, good=False, fatal=fatal)


def _header(headers: dict[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)
