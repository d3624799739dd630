"""The Home tab."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tunesmith.bot.jobs.budget import Budget
from tunesmith.bot.messages import Message, Rendered, Text, from_stored, say
from tunesmith.handlers.slack.blocks import Block, actions, button, context, header, section
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.storage.untold import Untold

SAMPLE = "home_sample"

_MOST_QUESTION = 100
_MOST_BLOCKS = 100  # of a view


@dataclass(frozen=True, slots=True)
class Home:
    """What the tab shows. `waiting`, `own`, `others` and `models` are finished rows: what waits for
    this person's approval, their jobs, those of others in channels that they are in, and tuned
    models. `notices` are what is to be said of the dates of the connected providers' base models,
    `untold` what could not be told where it was asked for; `direct` is the channel of direct
    messages with the bot, where a sample can be tried there.
    """

    direct: str | None = None
    waiting: Sequence[Block] = ()
    own: Sequence[Block] = ()
    others: Sequence[Block] = ()
    models: Sequence[Block] = ()
    budgets: Sequence[Budget] = ()
    notices: Sequence[Message] = ()
    untold: Sequence[Untold] = field(default_factory=list[Untold])


def home_blocks(text: Text, home: Home) -> list[Block]:
    """The tab; who has not started a job yet sees first how to begin, with a sample to try."""
    is_new = not home.own
    blocks = [header(text("home.title")), section(text("home.intro")), *home.waiting]
    blocks += _begin(text, home) if is_new else []
    if home.untold:
        blocks.append(header(text("home.untold")))
        blocks += [section(_untold_line(text, each)) for each in home.untold]
    parts = (("jobs", home.own), ("others", home.others), ("models", home.models))
    for name, rows in parts:
        if rows:
            blocks += [header(text(f"home.part_{name}")), *rows]
    limited = [budget for budget in home.budgets if budget.limit is not None]
    if limited:
        lines = [_budget_line(text, budget) for budget in limited]
        blocks += [header(text("home.budget")), section("\n".join(lines))]
    blocks += [context(text(notice)) for notice in home.notices]
    blocks += [] if is_new else _begin(text, home)
    return blocks[:_MOST_BLOCKS]


def _begin(text: Text, home: Home) -> list[Block]:
    blocks = [header(text("home.how")), section(text("home.steps"))]
    if home.direct:
        press = button(text("home.sample"), SAMPLE, home.direct, style="primary")
        blocks += [actions(press), context(text("home.sample_hint"))]
    return blocks


def _budget_line(text: Text, budget: Budget) -> str:
    used = {"spent": budget.spent, "reserved": budget.reserved, "left": budget.left}
    return text(f"home.budget_{budget.scope}", limit=budget.limit, **used)


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
