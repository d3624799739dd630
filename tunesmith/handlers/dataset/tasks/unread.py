"""Say which files the bot reads, where somebody asked about others.

Task kind: `dataset.unread`, one for each message.
"""

from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds


class Unread(InThread):
    """The names of files that nothing can be done with."""

    names: list[str]


@kinds.task("dataset.unread", Unread, place=Place.TELL)
async def tell_unread(context: Context, work: Work[Unread]) -> None:
    """Answer a mention whose files are of no kind that is read."""
    asked = work.payload
    text = await context.text_in(asked.ref)
    words = text("dataset.unread", names=asked.names)
    await context.outbox.post(work, work.task.key, asked.ref, words, [section(words)])
