"""`/tune start`: the Start button of the channel's newest training file."""

from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job.base_models import notices
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset, DatasetStatus


async def newest_dataset(context: Context, team: str, channel: str) -> Dataset | None:
    """The channel's newest valid training file, or None."""
    async with context.services.database.read() as connection:
        found = await datasets.in_channel(connection, team, channel)
    return next((dataset for dataset in found if dataset.status is DatasetStatus.VALID), None)


async def start(asked: Asked) -> Reply:
    """Offer to start a job."""
    text = asked.text
    dataset = await newest_dataset(asked.context, asked.team, asked.ref.channel)
    if dataset is None:
        return plain_reply(text("job.start_none"))
    words = text("job.start_press", name=dataset.name)
    press = button(text("dataset.report_start"), START, dataset.id, style="primary")
    said = [small(text(notice)) for notice in notices(asked.context.services)]
    return words, [section(words), *said, actions(press)]
