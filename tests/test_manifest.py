"""The app's manifest asks for what the code uses, and for nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tunesmith.handlers.answer import listeners as answer
from tunesmith.handlers.dataset import listeners as dataset
from tunesmith.handlers.job import commands
from tunesmith.handlers.job import listeners as job
from tunesmith.handlers.slack import inbox

ROOT = Path(__file__).parents[1]
HANDLERS = ROOT / "tunesmith" / "handlers"

# Which scope each method needs (docs.slack.dev/reference/methods).
SCOPES = {
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "chat.appendStream": {"chat:write"},
    "chat.getPermalink": set[str](),
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read", "im:read"},
    "conversations.members": {"channels:read", "groups:read", "im:read"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "reactions.remove": {"reactions:write"},
    "usergroups.users.list": {"usergroups:read"},
    "users.conversations": {"channels:read", "groups:read", "im:read"},
    "users.info": {"users:read"},
    "views.open": set[str](),
    "views.publish": set[str](),
    "views.push": set[str](),
    "views.update": set[str](),
}
# Which scope each event needs (docs.slack.dev/reference/events).
EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "file_deleted": {"files:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def source() -> str:
    """All handlers, but for the table of Slack's limits, which names more methods."""
    paths = [path for path in HANDLERS.rglob("*.py") if path.name != "pacer.py"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_scopes_are_those_of_the_methods_and_events_that_are_used(
    manifest: dict[str, Any], source: str
) -> None:
    methods = set(
        re.findall(
            r'"((?:assistant\.threads|chat|conversations|files|reactions|usergroups\.users|users|views)\.[A-Za-z]+)"',
            source,
        )
    )
    assert methods == set(SCOPES)
    needed = {"commands"}.union(*(SCOPES[method] for method in methods), *EVENT_SCOPES.values())
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_each_scope_is_documented_with_what_needs_it(manifest: dict[str, Any]) -> None:
    table = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8").partition("| scope |")[2]
    named = set(re.findall(r"`([a-z_]+:[a-z]+|commands)`", table))
    assert named == set(manifest["oauth_config"]["scopes"]["bot"])


def test_events_are_those_that_are_listened_to(manifest: dict[str, Any], source: str) -> None:
    listened = set(re.findall(r'app\.event\("([a-z_]+)"', source)) | set(inbox.TYPES)
    subscribed = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert {event.split(".")[0] for event in subscribed} == listened
    assert subscribed == set(EVENT_SCOPES)


def test_commands_and_shortcuts_are_those_that_are_listened_to(manifest: dict[str, Any]) -> None:
    features = manifest["features"]
    assert {c["command"] for c in features["slash_commands"]} == {job.COMMAND, answer.COMMAND}
    assert {s["callback_id"] for s in features["shortcuts"]} == {
        dataset.INSPECT,
        answer.ASK_ABOUT,
    }


def test_texts_keep_to_slacks_lengths(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(manifest["features"]["slash_commands"]) <= 50
    assert len(manifest["features"]["shortcuts"]) <= 10


def test_the_usage_hint_of_tune_names_every_subcommand(manifest: dict[str, Any]) -> None:
    [tune] = [c for c in manifest["features"]["slash_commands"] if c["command"] == job.COMMAND]
    assert tune["usage_hint"] == commands.usage_hint()
