"""Links to messages, which stay as they are."""

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Retry
from tunesmith.handlers.slack.outbox import Outbox, text_of

_MOST_LINKS = 10_000


class Permalinks:
    """Asks Slack for each link once."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._known: dict[tuple[str, str], str] = {}

    async def to(self, channel: str, ts: str) -> str | None:
        """The link to a message; None where Slack does not give it now."""
        if known := self._known.get((channel, ts)):
            return known
        try:
            answer = await self._outbox.call(
                "chat.getPermalink", http="GET", channel=channel, message_ts=ts
            )
            link = text_of(answer, "permalink")
        except (SlackError, Retry):
            return None
        self._known[channel, ts] = link
        if len(self._known) > _MOST_LINKS:
            del self._known[next(iter(self._known))]
        return link
