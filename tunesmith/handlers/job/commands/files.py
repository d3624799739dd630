"""`/tune delete` with the name of a training file: it is asked first, then deleted here."""

from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import Text
from tunesmith.handlers.dataset.tasks.deleted import delete, ids_of
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply
from tunesmith.storage import datasets, jobs
from tunesmith.storage.datasets import Dataset

DELETE_FILE = "delete_file"


async def file_meant(asked: Asked) -> Dataset | None:
    """The channel's newest training file of the name that is asked with, or of that id; or None."""
    name = asked.rest.strip("`")
    if not name:
        return None
    async with asked.context.services.database.read() as connection:
        found = await datasets.named(connection, asked.team, asked.ref.channel, name, 1)
    return found[0] if found else None


async def ask_to_delete(asked: Asked, dataset: Dataset) -> Reply:
    """Ask whether a training file is to be deleted. Raises NotAllowedError."""
    person = await asked.context.people.person(asked.ref.user)
    require(asked.context.services.settings, person, Action.DELETE, dataset.created_by)
    words = asked.text("dataset.delete_ask", name=dataset.name, id=dataset.id)
    lines = [words, *await _needed(asked.context, asked.text, dataset)]
    lines.append(asked.text("dataset.delete_kept"))
    press = button(asked.text("dataset.delete_yes"), DELETE_FILE, dataset.id, style="danger")
    return words, [section("\n".join(lines)), actions(press)]


async def press_delete_file(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    """Delete the file."""
    dataset = await context.dataset_at(body.where, body.value)
    person = await context.people.person(body.user.id)
    require(context.services.settings, person, Action.DELETE, dataset.created_by)
    async with context.services.database.write() as connection:
        await delete(connection, dataset, person.id)
    text = await context.text(body.user.id)
    needed = await _needed(context, text, dataset)
    return plain_reply("\n".join(needed) or text("dataset.deleted", name=dataset.name))


async def _needed(context: Context, text: Text, dataset: Dataset) -> list[str]:
    async with context.services.database.read() as connection:
        needing = await jobs.active_on(connection, [dataset.id])
    if not needing:
        return []
    return [text("dataset.deleted_later", name=dataset.name, ids=ids_of(needing))]
