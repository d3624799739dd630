"""Which models a question is put to: those that are named, else the one that answers here and what
it was tuned on.
"""

from dataclasses import replace

from tunesmith.bot.answers.comparison.asking import FEWEST, counted_as
from tunesmith.bot.answers.finding import answering, comparable
from tunesmith.bot.answers.model import AskedModel, base_model
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import say
from tunesmith.handlers.answer.choosing import places
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import here


async def choices(context: Context, team: str, channel: str, user: str) -> list[AskedModel]:
    """The models that somebody can compare in a channel. Raises JobError where they are too few."""
    seen = await places(context, channel, user)
    found = await comparable(context.services, team=team, channels=seen)
    if len(found) < FEWEST:
        raise JobError(say("comparison.too_few_models"))
    return found


async def completed(
    context: Context, team: str, ref: ThreadRef, chosen: list[AskedModel]
) -> list[AskedModel]:
    """At least two models, beginning with those that were chosen.

    Where none was, the one that answers here is the first; a single one is put beside the model
    that it was trained on, or where that can't be asked beside the newest other one.
    """
    offered = await choices(context, team, ref.channel, ref.user)
    first = next(iter(chosen), None) or await _answering(context, team, ref) or offered[0]
    first = _among(offered, first) or offered[0]
    wanted = [*(chosen or [first]), *await _before(context, offered, first), *offered]
    different = list({counted_as(model): model for model in wanted}.values())
    return alike(different[: max(FEWEST, len(chosen))])


def alike(models: list[AskedModel]) -> list[AskedModel]:
    """The models, base models asked with the system prompt of the first tuned one's data."""
    tuned = [model for model in models if model.kind != "base"]
    job_id = next((model.job_id for model in (*tuned, *models) if model.job_id), None)
    return [replace(one, job_id=job_id) if one.kind == "base" else one for one in models]


async def _answering(context: Context, team: str, ref: ThreadRef) -> AskedModel | None:
    elsewhere = (await places(context, ref.channel, ref.user))[1:]
    async with context.services.database.read() as connection:
        at = await here.look(connection, team=team, channel=ref.channel, thread=ref.ts)
    return await answering(context.services, at, team=team, elsewhere=elsewhere)


async def _before(
    context: Context, offered: list[AskedModel], model: AskedModel
) -> list[AskedModel]:
    """What a model was trained on, as far as it is offered: the model that it went on from, and the
    base model.
    """
    job = await context.job(model.job_id) if model.job_id else None
    earlier = job.continued_from if job else None
    base = _among(offered, base_model(model.provider, model.base_model))
    found = [one for one in offered if earlier is not None and one.name == earlier]
    return [*found, base] if base else found


def _among(offered: list[AskedModel], model: AskedModel) -> AskedModel | None:
    return next((one for one in offered if counted_as(one) == counted_as(model)), None)
