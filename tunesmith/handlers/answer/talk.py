"""A conversation with a model in a thread: who may go on without mentioning the bot.

It begins where somebody asks in a thread: by a mention, by a form, or in direct messages. The next
replies of the same person are questions too, with those before them as history, until somebody
else writes in the thread or one of them mentions somebody: people talk with each other then. A
mention begins a new one, which knows nothing of the one before.
"""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.handlers.answer.question import Question, question_of
from tunesmith.handlers.answer.tasks import answer
from tunesmith.handlers.slack.inbox import Received, is_reply
from tunesmith.handlers.slack.payloads import MessageEvent
from tunesmith.storage import conversations
from tunesmith.storage.conversations import Conversation

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+>\s*")
_ANYBODY = re.compile(r"<[@!][A-Za-z0-9^|]+>")
_WRITTEN = frozenset({None, "thread_broadcast"})


def without_mention(text: str) -> str:
    """What is written behind the mention that a text begins with."""
    return _MENTION.sub("", text)


def is_for_the_bot(event: MessageEvent) -> bool:
    """Mentions, and what people write to it directly; a message with files is about the files."""
    direct = event.channel_type == "im" and event.type == "message" and event.subtype is None
    return (event.type == "app_mention" or direct) and not event.files


def may_go_on(event: MessageEvent) -> bool:
    """Replies in a channel's thread; those in direct messages are `is_for_the_bot`."""
    is_one = is_reply(event.ts, event.thread_ts) and event.subtype in _WRITTEN
    return event.type == "message" and is_one and event.channel_type != "im" and not event.files


async def concerns(connection: AsyncConnection, event: MessageEvent) -> bool:
    """Whether a reply stands in a thread with a conversation, after its beginning."""
    return await _conversation(connection, event) is not None


async def go_on(connection: AsyncConnection, received: Received) -> None:
    """Take a reply for a question, or end the conversation."""
    event, found = received.event, await _conversation(connection, received.event)
    if found is None:
        return
    if event.user != found.asked_by or _ANYBODY.search(event.text):
        await conversations.end(connection, found.channel, found.thread)
        return
    await _add(connection, received, found.key)


async def begin(connection: AsyncConnection, received: Received) -> None:
    """Take a mention, or a direct message, for a question; a direct reply goes on."""
    found = None
    if received.event.type != "app_mention" and received.ref.ts != received.event.ts:
        found = await _conversation(connection, received.event)
    if found is not None and found.asked_by == received.event.user:
        await _add(connection, received, found.key)
        return
    await _add(connection, received, None)


async def ask(
    connection: AsyncConnection, asked: Question, *, source: str, conversation: str | None = None
) -> None:
    """Write the task that answers; those of one conversation are answered one after the other."""
    lane = f"ask:{conversation or answer.key(source)}"
    await answer.add(connection, asked, of=source, lane=lane)


async def _add(connection: AsyncConnection, received: Received, conversation: str | None) -> None:
    sent = without_mention(received.event.text)
    at = float(received.event.ts)
    asked = question_of(received.ref, received.team, at, sent=sent, conversation=conversation)
    await ask(connection, asked, source=received.source, conversation=conversation)


async def _conversation(connection: AsyncConnection, event: MessageEvent) -> Conversation | None:
    """The conversation of the thread, where the message was written after its beginning."""
    if event.thread_ts is None:
        return None
    found = await conversations.get(connection, event.channel, event.thread_ts)
    return found if found and found.since < float(event.ts) else None
