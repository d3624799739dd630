"""Which model a question goes to: the one that is chosen or named, else that of the conversation,
of the thread, the channel's default, or the newest.
"""

import re

from tunesmith.bot.answers.finding import answering, askable, named
from tunesmith.bot.answers.model import AskedModel, from_ref
from tunesmith.handlers.answer.question import Question
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import answers, here
from tunesmith.storage.here import Here

_NAMED = re.compile(r"\s*(?:model|모델|模型)\s*[:：]\s*(\S*)\s*", re.IGNORECASE)


def split(question: str) -> tuple[str | None, str]:
    """The model that a question names at its beginning (`model: NAME …`), and the rest of it; both
    are empty behind a bare `model:`.
    """
    found = _NAMED.match(question)
    return (found[1], question[found.end() :]) if found else (None, question)


async def places(context: Context, channel: str, user: str) -> list[str]:
    """The channels whose models can be asked in one; in direct messages all that somebody is in."""
    if not channel.startswith("D"):
        return [channel]
    return [channel, *sorted(await context.sight.channels(user))]


async def choices(context: Context, team: str, channel: str, user: str) -> list[AskedModel]:
    """The models that somebody can ask in a channel, the newest first."""
    seen = await places(context, channel, user)
    return await askable(context.services, team=team, channels=seen)


async def stands_at(context: Context, asked: Question) -> Here:
    """What stands where something is asked."""
    async with context.services.database.read() as connection:
        return await here.look(
            connection, team=asked.team, channel=asked.channel, thread=asked.thread
        )


async def model_of(
    context: Context, asked: Question, name: str | None, at: Here | None = None
) -> AskedModel | None:
    """The model that a question goes to, by `name` where it names one; None where there is none.

    `at` is what `stands_at` gave, where that was asked before. Raises JobError where no model, or
    several, can be meant by that name.
    """
    services = context.services
    if asked.model is not None:
        return await from_ref(services, asked.model)
    seen = await places(context, asked.channel, asked.user)
    at = at or await stands_at(context, asked)
    found = await answering(services, at, team=asked.team, elsewhere=seen[1:])
    if name is not None:
        return await named(services, name, team=asked.team, channels=seen, near=found)
    return await _of_conversation(context, asked) or found


async def _of_conversation(context: Context, asked: Question) -> AskedModel | None:
    """The model that answered last in the conversation that a question goes on with."""
    if asked.conversation is None:
        return None
    async with context.services.database.read() as connection:
        before = await answers.of_conversation(connection, asked.conversation)
    ref = before[-1].model_ref if before else None
    return await from_ref(context.services, ref) if ref else None
