"""The Home tab."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tunesmith.bot.messages import Message, Rendered, Text, from_stored, say
from tunesmith.handlers.slack.blocks import Block, context, header, section
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.storage.untold import Untold

_MOST_QUESTION = 100


def home_blocks(
    text: Text,
    jobs: Sequence[Block],
    notices: Sequence[Message],
    untold: Sequence[Untold] = (),
) -> list[Block]:
    """Somebody's newest jobs (rows), and how to begin.

    `notices` are what is to be said of the dates of the connected providers' base models, `untold`
    what could not be told where it was asked for.
    """
    blocks = [header(text("home.title")), section(text("home.intro"))]
    blocks += [context(text(notice)) for notice in notices]
    if untold:
        blocks.append(header(text("home.untold")))
        blocks += [section(_untold_line(text, each)) for each in untold]
    if jobs:
        blocks += [header(text("home.jobs")), *jobs]
    return [*blocks, header(text("home.how")), section(text("home.steps"))]


def _untold_line(text: Text, untold: Untold) -> str:
    reasons = dict.fromkeys(each for each in (untold.given_up, untold.error) if each)
    what = untold.file or untold.question
    return text(
        "home.untold_line",
        what=shorten(what, _MOST_QUESTION) if what else say("home.untold_message"),
        channel=Rendered(f"<#{untold.channel}>" if untold.channel else "–"),
        reason=Rendered(" ".join(text(from_stored(reason)) for reason in reasons)),
        at=round(untold.done_at),
        day=datetime.fromtimestamp(untold.done_at, UTC).date(),
    )
