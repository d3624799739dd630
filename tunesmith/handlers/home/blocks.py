"""The Home tab."""

from collections.abc import Sequence

from tunesmith.bot.messages import Message, Text
from tunesmith.handlers.job.blocks import jobs_blocks
from tunesmith.handlers.slack.blocks import Block, context, header, section
from tunesmith.storage.jobs import Job


def home_blocks(
    text: Text, jobs: Sequence[tuple[Job, str]], notices: Sequence[Message]
) -> list[Block]:
    """Somebody's newest jobs, each with the name of its file, and how to begin.

    `notices` are what is to be said of the dates of the connected providers' base models.
    """
    blocks = [header(text("home.title")), section(text("home.intro"))]
    blocks += [context(text(notice)) for notice in notices]
    if jobs:
        blocks += [header(text("home.jobs")), *jobs_blocks(text, jobs)]
    return [*blocks, header(text("home.how")), section(text("home.steps"))]
