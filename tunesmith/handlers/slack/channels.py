"""Which channels somebody can see, and whether the bot is in them."""

from pydantic import BaseModel, Field, ValidationError

from tunesmith.bot.errors import SlackError
from tunesmith.handlers.slack.outbox import Outbox

_PAGE = 1_000
_MOST_PAGES = 10


class _Channel(BaseModel):
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_member: bool = False


class _ChannelAnswer(BaseModel):
    channel: _Channel


class _Cursor(BaseModel):
    next_cursor: str = ""


class _Members(BaseModel):
    members: list[str]
    response_metadata: _Cursor = Field(default_factory=_Cursor)


async def is_seen_by(outbox: Outbox, channel: str, user: str) -> bool:
    """Whether a colleague can see a channel that the bot is in: everyone sees a public one.

    False where the bot is not in it, or Slack does not say. Raises Retry and Wait as the outbox
    does.
    """
    try:
        answer = await outbox.call("conversations.info", http="GET", channel=channel)
        about = _ChannelAnswer.model_validate(answer).channel
        if not (about.is_private or about.is_im or about.is_mpim):
            return about.is_member
        return await _is_member(outbox, channel, user)
    except (SlackError, ValidationError):
        return False


async def is_here(outbox: Outbox, channel: str) -> bool:
    """Whether the bot is in a channel, or it is its direct messages with somebody.

    Raises Retry and Wait as the outbox does.
    """
    try:
        answer = await outbox.call("conversations.info", http="GET", channel=channel)
        about = _ChannelAnswer.model_validate(answer).channel
    except (SlackError, ValidationError):
        return False
    return about.is_member or about.is_im


async def _is_member(outbox: Outbox, channel: str, user: str) -> bool:
    cursor = ""
    for _ in range(_MOST_PAGES):
        answer = await outbox.call(
            "conversations.members", http="GET", channel=channel, limit=_PAGE, cursor=cursor or None
        )
        page = _Members.model_validate(answer)
        if user in page.members:
            return True
        cursor = page.response_metadata.next_cursor
        if not cursor:
            break
    return False
