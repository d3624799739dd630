"""Which channels somebody is in: what happened in others is not shown to them.

`users.conversations` names, of a person's private channels, only those that the bot is in too
(docs.slack.dev/reference/methods/users.conversations).
"""

import time

from pydantic import BaseModel, Field, ValidationError

from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry
from tunesmith.handlers.slack.outbox import Outbox

_PAGE = 999  # the most that Slack gives
_KNOWN_SECONDS = 60.0
_MOST_PEOPLE = 1_000


class _Channel(BaseModel):
    id: str


class _Cursor(BaseModel):
    next_cursor: str = ""


class _Page(BaseModel):
    channels: list[_Channel]
    response_metadata: _Cursor | None = Field(default_factory=_Cursor)


class Sight:
    """Asks Slack, and remembers what it said for a minute."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def channels(self, user: str) -> frozenset[str]:
        """The channels that somebody is in, without direct messages.

        None of them where Slack does not tell: what can't be checked is not shown.
        """
        until, known = self._known.get(user, (0.0, frozenset[str]()))
        if until > time.monotonic():
            return known
        try:
            found = await self._ask(user)
        except (SlackError, Retry):
            return frozenset()
        self._known[user] = (time.monotonic() + _KNOWN_SECONDS, found)
        if len(self._known) > _MOST_PEOPLE:
            del self._known[next(iter(self._known))]
        return found

    async def _ask(self, user: str) -> frozenset[str]:
        found: set[str] = set()
        cursor: str | None = None
        while True:
            answer = await self._outbox.call(
                "users.conversations",
                http="GET",
                user=user,
                types="public_channel,private_channel",
                limit=_PAGE,
                cursor=cursor,
            )
            try:
                page = _Page.model_validate(answer)
            except ValidationError as error:
                raise Retry(say("common.slack_unreadable")) from error
            found |= {channel.id for channel in page.channels}
            cursor = (page.response_metadata.next_cursor if page.response_metadata else "") or None
            if cursor is None:
                return frozenset(found)
