"""What the data that a model was trained on says of its answer: SQL, JSON and tool calls."""

import asyncio
import logging
from functools import partial

from tunesmith.bot.answers.checks.expected import Expected, kept_expected, read_expected
from tunesmith.bot.answers.checks.json_answer import json_problems
from tunesmith.bot.answers.checks.tool_calls import call_problems
from tunesmith.bot.datasets import Report
from tunesmith.bot.ddl import Schema
from tunesmith.bot.errors import ConfigurationError, SchemaError, TunesmithError
from tunesmith.bot.messages import Message, Rendered, Text
from tunesmith.bot.sql import Verdict, check_answer
from tunesmith.bot.sql.database import explain_in_database
from tunesmith.handlers.answer.shown import fenced
from tunesmith.handlers.dataset.tasks.report import answers_shape
from tunesmith.handlers.schema.blocks import check_blocks
from tunesmith.handlers.slack.blocks import Block, section
from tunesmith.handlers.slack.blocks import context as small_print
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import datasets
from tunesmith.storage.answers import Answer
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

# What was cut or refused is told as such: it is neither whole SQL nor whole JSON.
_NOT_WHOLE = ("length", "content_filter", "refusal")

_log = logging.getLogger(__name__)


async def schema_of(context: Context, job: Job) -> str | None:
    """The SHA-256 of the schema that a job's model was trained on, if any."""
    dataset = await _dataset_of(context, job)
    return dataset.schema_sha256 if dataset else None


async def checked(context: Context, text: Text, job: Job, answer: Answer) -> list[Block]:
    """A line for each that a whole answer holds: SQL, JSON, calls of tools.

    Nothing where its model's data says nothing of it. An answer that can't be checked says so.
    """
    dataset = await _dataset_of(context, job)
    if dataset is None or answer.finish_reason in _NOT_WHOLE:
        return []
    try:
        return [
            *await _sql(context, text, dataset, answer.text),
            *await _json(context, text, dataset, answer.text),
            *_calls(text, dataset, answer),
        ]
    except (TunesmithError, OSError):
        _log.exception("An answer was not checked")
        return [small_print(text("answer.unchecked"))]


async def _dataset_of(context: Context, job: Job) -> Dataset | None:
    async with context.services.database.read() as connection:
        return await datasets.get(connection, job.dataset_id)


async def _sql(context: Context, text: Text, dataset: Dataset, answer: str) -> list[Block]:
    if dataset.schema_sha256 is None:
        return []
    try:
        schema = await context.schema(dataset.schema_sha256)
    except SchemaError as error:
        return [small_print(text("schema.unchecked", reason=error.message))]
    written = fenced(answer, sql=True)
    check = await context.services.processes.run(partial(check_answer, written, schema))
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


async def _json(context: Context, text: Text, dataset: Dataset, answer: str) -> list[Block]:
    expected = await _expected(context, dataset) if answer.strip() else None
    if expected is None or expected.json_schema is None:
        return []
    problems = json_problems(answer, expected.json_schema)
    if not problems:
        return [section(text("check.json_fits", count=expected.answers))]
    told = text(problems[0])
    for problem in problems[1:]:
        told = text("check.and", first=Rendered(told), second=problem)
    return [section(text("check.json_differs", count=expected.answers, told=Rendered(told)))]


async def _expected(context: Context, dataset: Dataset) -> Expected | None:
    """What the answers of a data set have in common; None where its file is deleted."""
    kept = answers_shape(context, dataset.id)
    file = context.services.settings.files / dataset.sha256
    expected = await asyncio.to_thread(kept_expected, kept)
    if expected is not None or not await asyncio.to_thread(file.exists):
        return expected
    style = Report.model_validate(dataset.report).style
    read = partial(read_expected, file, kept, style.stop if style else "")
    return await context.services.processes.run(read)


def _calls(text: Text, dataset: Dataset, answer: Answer) -> list[Block]:
    tools = Report.model_validate(dataset.report).tools
    if not tools or not answer.tool_calls:
        return []
    problems = call_problems(answer.tool_calls, tools)
    if not problems:
        return [section(text("check.calls_fit"))]
    return [section(text("check.calls_differ", told=Rendered(" ".join(map(text, problems)))))]
