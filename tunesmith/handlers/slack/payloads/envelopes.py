"""What events, commands and all bodies come in."""

from typing import Annotated, Any

from pydantic import Field

from tunesmith.handlers.slack.payloads.wire import Wire


class _EventHead(Wire):
    type: str


class _ViewHead(Wire):
    type: str
    callback_id: str = ""
    private_metadata: str = ""


class _ResponseUrl(Wire):
    response_url: str


_Named = str | dict[str, Any] | None
_Part = dict[str, Any] | None


class Envelope(Wire):
    """What any body is: the parts that Bolt looks into before a listener reads the body."""

    type: str | None = None
    team: _Named = None
    enterprise: _Named = None
    user: _Named = None
    channel: _Named = None
    event: _EventHead = _EventHead(type="")
    view: _ViewHead | None = None
    message: _Part = None
    authorizations: list[dict[str, Any]] | None = None
    actions: Annotated[list[dict[str, Any]] | None, Field(min_length=1)] = None
    response_url: str | None = None
    response_urls: list[_ResponseUrl] = Field(default_factory=list[_ResponseUrl])

    @property
    def all_response_urls(self) -> list[str]:
        """Where an answer may be asked to go."""
        one = [] if self.response_url is None else [self.response_url]
        return one + [more.response_url for more in self.response_urls]


class _Authorization(Wire):
    user_id: str | None = None
    is_bot: bool = False


class EventBody(Wire):
    """The envelope of an event."""

    event_id: str
    team_id: str = ""
    context_team_id: str | None = None
    event_time: float = 0.0
    event: dict[str, Any]
    authorizations: list[_Authorization] = Field(default_factory=list[_Authorization])

    @property
    def bot(self) -> str | None:
        """The bot's own id as a user, where Slack tells it."""
        return next((one.user_id for one in self.authorizations if one.is_bot), None)

    @property
    def workspace(self) -> str:
        """The workspace that the bot is installed in. `team_id` may be another organisation's in a
        shared channel.
        """
        return self.context_team_id or self.team_id


class HomeEvent(Wire):
    """`app_home_opened`; `channel` is that of the direct messages with this person."""

    user: str
    tab: str = ""
    channel: str | None = None


class CommandBody(Wire):
    """A slash command."""

    command: str
    text: str = ""
    team_id: str
    channel_id: str
    user_id: str
    trigger_id: str
    response_url: str | None = None
