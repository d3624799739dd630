"""`/tune delete` with the name of a training file or a DDL file: it is asked first, then deleted
here.
"""

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import Text, say
from tunesmith.handlers.dataset.tasks.deleted import delete, delete_schema, ids_of
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import datasets, jobs, schemas
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.schemas import AttachedSchema

DELETE_FILE = "delete_file"
DELETE_SCHEMA = "delete_schema"


async def file_meant(asked: Asked) -> Dataset | AttachedSchema | None:
    """The channel's newest training file of the name that is asked with, or of that id, or else its
    DDL file; or None.
    """
    name = asked.rest.strip("`")
    if not name:
        return None
    async with asked.context.services.database.read() as connection:
        found = await datasets.named(connection, asked.team, asked.ref.channel, name, 1)
        if found:
            return found[0]
        return await schemas.named(connection, asked.team, asked.ref.channel, name)


async def ask_to_delete(asked: Asked, file: Dataset | AttachedSchema) -> Reply:
    """Ask whether a file is to be deleted. Raises NotAllowedError."""
    person = await asked.context.people.person(asked.ref.user)
    require(asked.context.services.settings, person, Action.DELETE, file.created_by)
    if isinstance(file, AttachedSchema):
        words = asked.text("schema.delete_ask", name=file.name, id=file.id)
        kept = asked.text("schema.delete_kept")
        press = button(asked.text("schema.delete_yes"), DELETE_SCHEMA, file.id, style="danger")
        return words, [section(f"{words}\n{kept}"), actions(press)]
    words = asked.text("dataset.delete_ask", name=file.name, id=file.id)
    lines = [words, *await _needed(asked.context, asked.text, file)]
    lines.append(asked.text("dataset.delete_kept"))
    press = button(asked.text("dataset.delete_yes"), DELETE_FILE, file.id, style="danger")
    return words, [section("\n".join(lines)), actions(press)]


async def press_delete_file(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    """Delete the training file."""
    dataset = await context.dataset_at(body.where, body.value)
    person = await context.people.person(body.user.id)
    require(context.services.settings, person, Action.DELETE, dataset.created_by)
    async with context.services.database.write() as connection:
        await delete(connection, dataset, person.id)
    text = await context.text(body.user.id)
    needed = await _needed(context, text, dataset)
    return plain_reply("\n".join(needed) or text("dataset.deleted", name=dataset.name))


async def press_delete_schema(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    """Delete the DDL file."""
    person = await context.people.person(body.user.id)
    async with context.services.database.write() as connection:
        schema = await schemas.get(connection, body.value)
        if schema is None or body.where != Where(schema.team, schema.channel):
            raise JobError(say("job.no_dataset"))
        require(context.services.settings, person, Action.DELETE, schema.created_by)
        await delete_schema(connection, schema, person.id)
    return plain_reply((await context.text(body.user.id))("dataset.deleted", name=schema.name))


async def _needed(context: Context, text: Text, dataset: Dataset) -> list[str]:
    async with context.services.database.read() as connection:
        needing = await jobs.active_on(connection, [dataset.id])
    if not needing:
        return []
    return [text("dataset.deleted_later", name=dataset.name, ids=ids_of(needing))]
