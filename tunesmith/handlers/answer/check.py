"""What the data that a model was trained on says of its answer: SQL, JSON and tool calls."""

import asyncio
import logging
from functools import partial

from tunesmith.bot.answers.checks.expected import Expected, kept_expected, read_expected
from tunesmith.bot.answers.checks.json_answer import json_problems
from tunesmith.bot.answers.checks.tool_calls import call_problems
from tunesmith.bot.answers.trained import profile_of
from tunesmith.bot.datasets.profile import Profile
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
from tunesmith.storage.answers import Answer
from tunesmith.storage.jobs import Job

# What was cut or refused is told as such: it is neither whole SQL nor whole JSON.
_NOT_WHOLE = ("length", "content_filter", "refusal")

_log = logging.getLogger(__name__)


async def schema_of(context: Context, job: Job) -> str | None:
    """The SHA-256 of the schema that a job's model was trained on, if any."""
    profile = await profile_of(context.services, job.dataset_id)
    return profile.schema if profile else None


async def checked(context: Context, text: Text, job: Job, answer: Answer) -> list[Block]:
    """A line for each that a whole answer holds: SQL, JSON, calls of tools.

    Nothing where its model's data says nothing of it. An answer that can't be checked says so.
    """
    profile = await profile_of(context.services, job.dataset_id)
    if profile is None or answer.finish_reason in _NOT_WHOLE:
        return []
    try:
        return [
            *await _sql(context, text, profile, answer.text),
            *await _json(context, text, profile, job.dataset_id, answer.text),
            *_calls(text, profile, answer),
        ]
    except (TunesmithError, OSError):
        _log.exception("An answer was not checked")
        return [small_print(text("answer.unchecked"))]


async def _sql(context: Context, text: Text, profile: Profile, answer: str) -> list[Block]:
    if profile.schema is None:
        return []
    try:
        schema = await context.schema(profile.schema)
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


async def _json(
    context: Context, text: Text, profile: Profile, dataset_id: str, answer: str
) -> list[Block]:
    expected = await _expected(context, profile, dataset_id) if answer.strip() else None
    if expected is None or expected.json_schema is None:
        return []
    problems = json_problems(answer, expected.json_schema)
    if not problems:
        return [section(text("check.json_fits", count=expected.answers))]
    told = text(problems[0])
    for problem in problems[1:]:
        told = text("check.and", first=Rendered(told), second=problem)
    return [section(text("check.json_differs", count=expected.answers, told=Rendered(told)))]


async def _expected(context: Context, profile: Profile, dataset_id: str) -> Expected | None:
    """What the answers of a data set have in common; None where its file is deleted."""
    kept = answers_shape(context, dataset_id)
    file = context.services.settings.files / profile.sha256
    expected = await asyncio.to_thread(kept_expected, kept)
    if expected is not None or not await asyncio.to_thread(file.exists):
        return expected
    read = partial(read_expected, file, kept, profile.style.stop if profile.style else "")
    return await context.services.processes.run(read)


def _calls(text: Text, profile: Profile, answer: Answer) -> list[Block]:
    if not profile.tools or not answer.tool_calls:
        return []
    problems = call_problems(answer.tool_calls, profile.tools)
    if not problems:
        return [section(text("check.calls_fit"))]
    return [section(text("check.calls_differ", told=Rendered(" ".join(map(text, problems)))))]
