"""The direct messages with the bot as those with an agent: what can be asked stands there to press.

Where the manifest has an `agent_view`, Slack tells by `app_home_opened` that somebody opened them
(docs.slack.dev, "Migrating to the Agent messaging experience", read 2026-11-22).
"""

import logging

from tunesmith.bot.datasets import Report
from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Retry
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.mrkdwn import shorten
from tunesmith.storage import datasets, jobs
from tunesmith.storage.jobs import Job

_MOST = 4  # that Slack shows
_MOST_TITLE = 60

_log = logging.getLogger(__name__)


async def suggest(context: Context, user: str, team: str, direct: str) -> None:
    """Propose questions to the newest model that somebody can ask, from the data that it learnt."""
    seen = await context.sight.channels(user)
    async with context.services.database.read() as connection:
        match = {"team": team}
        found = await jobs.recent(connection, match, 1, channels=[*seen, direct], answering=True)
    if not found:
        return
    prompts = await _prompts(context, found[0])
    if not prompts:
        return
    text = (await context.text(user)).plain
    title = text("answer.suggested", model=found[0].asked_as)
    method = "assistant.threads.setSuggestedPrompts"
    try:
        await context.outbox.call(method, channel_id=direct, title=title, prompts=prompts)
    except (SlackError, Retry) as error:  # an app without an agent view is used as well
        _log.info("No questions were suggested: %s", error)


async def _prompts(context: Context, job: Job) -> list[Block]:
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    questions = Report.model_validate(dataset.report).sample_questions if dataset else []
    told = dict.fromkeys(question.strip() for question in questions if question.strip())
    return [{"title": shorten(one, _MOST_TITLE), "message": one} for one in list(told)[:_MOST]]
