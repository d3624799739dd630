"""The app's manifest: which scopes, commands, shortcuts and events it has.

Format: https://docs.slack.dev/reference/app-manifest (version 2), as YAML or JSON.
"""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field


class BotUser(BaseModel):
    """`features.bot_user`."""

    display_name: str = "tunesmith"


class Command(BaseModel):
    """One of `features.slash_commands`."""

    command: str
    description: str = ""
    usage_hint: str = ""


class Shortcut(BaseModel):
    """One of `features.shortcuts`."""

    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str = ""


class AppHome(BaseModel):
    """`features.app_home`."""

    home_tab_enabled: bool = True
    messages_tab_enabled: bool = True


class AgentView(BaseModel):
    """`features.agent_view`: direct messages with the app are those with an agent."""

    agent_description: str = ""


class Features(BaseModel):
    """`features`."""

    bot_user: BotUser = BotUser()
    slash_commands: list[Command] = []
    shortcuts: list[Shortcut] = []
    app_home: AppHome = AppHome()
    agent_view: AgentView | None = None


class Scopes(BaseModel):
    """`oauth_config.scopes`."""

    bot: list[str] = []


class OauthConfig(BaseModel):
    """`oauth_config`."""

    scopes: Scopes = Scopes()


class EventSubscriptions(BaseModel):
    """`settings.event_subscriptions`."""

    bot_events: list[str] = []


class ManifestSettings(BaseModel):
    """`settings`."""

    event_subscriptions: EventSubscriptions = EventSubscriptions()


class DisplayInformation(BaseModel):
    """`display_information`."""

    name: str = "Tunesmith"
    description: str = ""


class Manifest(BaseModel):
    """The parts of an app manifest that change what the workspace does."""

    display_information: DisplayInformation = DisplayInformation()
    features: Features = Features()
    oauth_config: OauthConfig = OauthConfig()
    settings: ManifestSettings = Field(default_factory=ManifestSettings)

    @property
    def scopes(self) -> list[str]:
        """The bot token's scopes."""
        return self.oauth_config.scopes.bot

    @property
    def events(self) -> list[str]:
        """The event types the app subscribes to."""
        return self.settings.event_subscriptions.bot_events


# Without a manifest the app may do and hear everything the workspace knows, and has no commands.
EVERYTHING = Manifest(
    oauth_config=OauthConfig(
        scopes=Scopes(
            bot=[
                "app_mentions:read",
                "assistant:write",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
                "users:read.email",
            ]
        )
    ),
    settings=ManifestSettings(
        event_subscriptions=EventSubscriptions(
            bot_events=[
                "app_home_opened",
                "app_mention",
                "file_deleted",
                "file_shared",
                "member_joined_channel",
                "message.channels",
                "message.groups",
                "message.im",
                "reaction_added",
                "reaction_removed",
            ]
        )
    ),
)


def load_manifest(path: Path) -> Manifest:
    """Read a manifest file.

    Raises OSError, ValueError (not YAML) or pydantic.ValidationError (not a manifest).
    """
    try:
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from error
    return Manifest.model_validate(document)
