"""What the schema that a model was trained on says of the SQL in its answer."""

import logging
from functools import partial

from tunesmith.bot.ddl import Schema
from tunesmith.bot.errors import ConfigurationError, TunesmithError
from tunesmith.bot.messages import Message, Text
from tunesmith.bot.sql import Verdict, check_answer
from tunesmith.bot.sql.database import explain_in_database
from tunesmith.handlers.schema.blocks import check_blocks
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.blocks import context as small_print
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import datasets
from tunesmith.storage.jobs import Job

_log = logging.getLogger(__name__)


async def schema_of(context: Context, job: Job) -> str | None:
    """The SHA-256 of the schema that a job's model was trained on, if any."""
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    return dataset.schema_sha256 if dataset else None


async def checked(context: Context, text: Text, sha256: str, answer: str) -> list[Block]:
    """What that schema says of the answer's SQL. An answer that can't be checked says so."""
    try:
        return await _check(context, text, await context.schema(sha256), answer)
    except (TunesmithError, OSError):
        _log.exception("An answer's SQL was not checked")
        return [small_print(text("answer.unchecked"))]


async def _check(context: Context, text: Text, schema: Schema, answer: str) -> list[Block]:
    check = await context.services.processes.run(partial(check_answer, answer, schema))
    if check.verdict is Verdict.VALID and check.sql and check.comparison is None:
        check.warned += await _ask_database(context, check.sql, schema, check.used)
    return check_blocks(text, check)


async def _ask_database(
    context: Context, sql: str, schema: Schema, used: list[str]
) -> list[Message]:
    """What the team's own database has against a query; nothing where none is set or fits."""
    database = context.services.settings.explain_database_url
    if database is None:
        return []
    try:
        url = database.get_secret_value()
        objection = await explain_in_database(url, sql, schema, used)
    except ConfigurationError as error:
        return [error.message]
    return [objection] if objection else []
