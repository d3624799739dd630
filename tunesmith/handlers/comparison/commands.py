"""`/tune compare`: the same question to several models, and what votes came to so far."""

import uuid

from tunesmith.bot.answers.comparison.asking import MOST, ComparisonRequest
from tunesmith.bot.answers.finding import named_first
from tunesmith.bot.errors import JobError, UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.answer.choosing import places
from tunesmith.handlers.comparison.choosing import alike, completed
from tunesmith.handlers.comparison.listeners import begin_comparison
from tunesmith.handlers.comparison.names import called
from tunesmith.handlers.comparison.tallies import tally_in
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.channels import is_here
from tunesmith.handlers.slack.mrkdwn import as_typed, people_in
from tunesmith.handlers.slack.replies import Reply, plain_reply

_RESULTS = "results"


async def compare(asked: Asked) -> Reply:
    """Put a question to the models that it begins with; or show what votes came to."""
    context, ref = asked.context, asked.ref
    if asked.rest.lower() == _RESULTS:
        return await _results(asked)
    await context.people.require_colleague(ref.user)
    if not await is_here(context.outbox, ref.channel):
        raise UserError(say("answer.invite"))
    channels = await places(context, ref.channel, ref.user)
    named, sent = await named_first(
        context.services, asked.rest, team=asked.team, channels=channels
    )
    if not sent:
        raise JobError(say("comparison.empty"))
    if len(named) > MOST:
        raise JobError(say("comparison.how_many", fewest=2, most=MOST))
    models = await completed(context, asked.team, ref, named)
    names = {one: await context.people.name(one) or one for one in people_in(sent)}
    wanted = ComparisonRequest(
        team=asked.team,
        channel=ref.channel,
        thread=ref.ts,
        person=ref.user,
        question=as_typed(sent, names).strip(),
        models=alike(models),
    )
    await begin_comparison(context, wanted, f"asked:{uuid.uuid4().hex}")
    shown = [asked.text.plain(called(context, model)) for model in models]
    return plain_reply(asked.text("comparison.asked", models=shown))


async def _results(asked: Asked) -> Reply:
    """What the votes of this channel came to, or in direct messages those of all that one is in."""
    text = asked.text
    channels = await places(asked.context, asked.ref.channel, asked.ref.user)
    lines = (await tally_in(asked.context, asked.team, channels)).all_lines(text)
    if not lines:
        return plain_reply(text("comparison.no_votes"))
    words = text("comparison.results")
    return words, [section("\n".join([words, *lines])), small(text("comparison.how_counted"))]
