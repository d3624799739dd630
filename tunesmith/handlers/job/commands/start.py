"""`/tune start`: the Start button of the training file that is named, or the channel's newest."""

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import say
from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job.base_models import notices
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset, DatasetStatus


async def file_to_start(context: Context, where: Where, name: str) -> Dataset | None:
    """A channel's newest valid training file, or the newest valid one that is named so, by its name
    or the beginning of its id; None where the channel has none. Raises JobError where no valid one
    is named so.
    """
    team, channel = where.team, where.channel
    async with context.services.database.read() as connection:
        if name:
            found = await datasets.named(connection, team, channel, name)
        else:
            found = await datasets.in_channel(connection, team, channel)
    valid = (dataset for dataset in found if dataset.status is DatasetStatus.VALID)
    newest = next(valid, None)
    if newest is None and name:
        raise JobError(say("job.dataset_has_errors" if found else "dataset.not_found", name=name))
    return newest


async def start(asked: Asked) -> Reply:
    """Offer to start a job. Raises NotAllowedError where the asker may not start one."""
    text = asked.text
    person = await asked.context.people.person(asked.ref.user)
    require(asked.context.services.settings, person, Action.START)
    dataset = await file_to_start(asked.context, asked.where, asked.rest.strip("`"))
    if dataset is None:
        return plain_reply(text("job.start_none"))
    words = text("job.start_press", name=dataset.name)
    press = button(text("dataset.report_start"), START, dataset.id, style="primary")
    said = [small(text(notice)) for notice in notices(asked.context.services)]
    return words, [section(words), *said, actions(press)]
