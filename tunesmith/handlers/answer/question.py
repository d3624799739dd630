"""What somebody asks, and where the answer stands."""

from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.queue import Work
from tunesmith.handlers.answer.blocks import question_blocks
from tunesmith.handlers.answer.under import Part
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread
from tunesmith.handlers.slack.mrkdwn import as_typed
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import conversations, pace
from tunesmith.storage.conversations import Conversation

_SECONDS_EACH = 12.0
_AT_ONCE = 5


class Question(InThread):
    """What somebody asks; `model` is the `AskedModel.ref` of the model that was chosen, and
    `settings` are arguments of `build`.

    Where the question came as a text of Slack's, `sent` is that, with people's ids. One that was
    asked by command has no thread: it is answered in the channel itself, or, where many are asked
    at once, in the thread of the message that is `gathered` for them. A reply without a mention
    goes on with the `conversation` that the question of that key began. What was `typed` into a
    command or a form nobody else sees. A question for the rest of an answer, or for another one in
    its place, names it as its `part`.
    """

    team: str
    question: str
    sent: str | None = None
    model: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict[str, Any])
    gathered: str | None = None
    conversation: str | None = None
    at: float = 0.0
    typed: bool = False
    part: Part | None = None
    goes_on: bool = False

    @property
    def quoted(self) -> str | None:
        """The question, where the answer's message begins with it."""
        return self.question if self.typed else None

    def message_key(self, task_key: str) -> str:
        """The key of the question whose message the answer stands in."""
        return self.part.message if self.part else task_key


def question_of(
    ref: ThreadRef,
    team: str,
    at: float,
    *,
    question: str = "",
    sent: str | None = None,
    model: str | None = None,
    settings: dict[str, Any] | None = None,
    typed: bool = False,
    gathered: str | None = None,
    conversation: str | None = None,
) -> Question:
    """A question of that time, given as it was typed, or as Slack `sent` it."""
    return Question(
        channel=ref.channel,
        thread=ref.ts,
        user=ref.user,
        team=team,
        question=as_typed(sent, {}).strip() if sent else question,
        sent=sent,
        model=model,
        settings=settings or {},
        gathered=gathered,
        conversation=conversation,
        at=at,
        typed=typed,
    )


async def is_one_of_many(connection: AsyncConnection, team: str, channel: str) -> bool:
    """Whether so many are asked in a channel by command that one more is to stand in a thread.

    Five at once, and one each twelve seconds, stand in the channel itself.
    """
    ahead = (_AT_ONCE - 1) * _SECONDS_EACH
    scope = f"ask:{team}:{channel}"
    wait = await pace.take(connection, scope, interval=_SECONDS_EACH, tolerance=ahead, most_wait=0)
    return wait is None


async def begin_conversation(work: Work[Any], asked: Question, thread: str) -> None:
    """From now on who asked may go on in that thread without a mention."""
    begun = Conversation(asked.channel, thread, asked.user, work.task.key, asked.at)
    async with work.step() as connection:
        await conversations.begin(connection, begun)


async def heading_of(
    context: Context, ref: ThreadRef, model: str, quoted: str | None
) -> list[Block]:
    """What stands over an answer: who asks which model what. Raises Wait."""
    if quoted is None:
        return []
    name = await context.people.name(ref.user) or ref.user
    return question_blocks(await context.text_in(ref), name, model, quoted)
