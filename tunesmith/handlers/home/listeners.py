"""Somebody opens the app's Home tab, or tries the sample that it offers."""

import re
from typing import Any

from slack_bolt.async_app import AsyncApp

from tunesmith.bot.jobs.approval import waiting_for
from tunesmith.bot.jobs.budget import Payer, budgets_of
from tunesmith.bot.messages import Text
from tunesmith.handlers.answer.agent import suggest
from tunesmith.handlers.home.blocks import SAMPLE, Home, home_blocks
from tunesmith.handlers.home.sample import Sample, give_sample
from tunesmith.handlers.job.approval import waiting_blocks
from tunesmith.handlers.job.base_models import notices
from tunesmith.handlers.job.reader import Reader, reader_of
from tunesmith.handlers.job.rows import job_rows, model_rows
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, EventBody, HomeEvent
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply
from tunesmith.storage import datasets, jobs
from tunesmith.storage.untold import untold

_MOST_JOBS = 8
_MOST_MODELS = 5
_MOST_UNTOLD = 10
_UNTOLD_SECONDS = 7 * 86_400.0


def register(context: Context, app: AsyncApp, interactions: Interactions) -> None:
    """Listen to the app's tabs being opened, and to the Home tab's own button."""

    async def on_opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        opened = HomeEvent.read(event)
        if opened.tab == "home":
            team = EventBody.read(body).workspace
            await _publish(context, opened.user, team, opened.channel)
        elif opened.tab == "messages" and opened.channel:
            team = EventBody.read(body).workspace
            await suggest(context, opened.user, team, opened.channel)

    app.event("app_home_opened")(on_opened)
    interactions.in_place(re.compile(f"^{SAMPLE}$"), _sample)
    interactions.after_home(_refresh)


async def _refresh(context: Context, body: ActionBody) -> None:
    direct = body.view.private_metadata if body.view else ""
    await _publish(context, body.user.id, body.team.id, direct or None)


async def _sample(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    asked = Sample(channel=body.value, thread=None, user=body.user.id, team=body.team.id)
    async with context.services.database.write() as connection:
        await give_sample.add(connection, asked, of=body.trigger_id)
    return plain_reply((await context.text(body.user.id))("home.sample_given"))


async def _publish(context: Context, user: str, team: str, direct: str | None) -> None:
    text, reader = await context.text(user), await reader_of(context, user)
    seen = await context.sight.channels(user)
    async with context.services.database.read() as connection:
        own = await jobs.recent(connection, {"team": team, "created_by": user}, _MOST_JOBS)
        all_seen = await jobs.recent(connection, {"team": team}, 3 * _MOST_JOBS, channels=seen)
        places = [*seen, *([direct] if direct else [])]
        tuned = await jobs.recent(
            connection, {"team": team}, _MOST_MODELS, channels=places, answering=True
        )
        missed = await untold(connection, user=user, seconds=_UNTOLD_SECONDS, most=_MOST_UNTOLD)
        payer = Payer(team, "", user)
        budgets = await budgets_of(connection, context.services.settings, payer)
    others = [job for job in all_seen if job.created_by != user][:_MOST_JOBS]
    home = Home(
        direct=direct if reader.may_ask else None,  # a guest could start nothing with it
        waiting=await _waiting(context, text, reader, team),
        own=await job_rows(context, text, own),
        others=await job_rows(context, text, others),
        models=await model_rows(context, text, tuned, reader),
        budgets=[budget for budget in budgets if budget.scope != "channel"],
        notices=notices(context.services),
        untold=missed,
    )
    view = {
        "type": "home",
        "blocks": home_blocks(text, home),
        "private_metadata": direct or "",
    }
    await context.outbox.call("views.publish", user_id=user, view=view)


async def _waiting(context: Context, text: Text, reader: Reader, team: str) -> list[Block]:
    if reader.one is None:  # Slack does not tell now who that is
        return []
    settings, person = reader.one
    async with context.services.database.read() as connection:
        waiting = await waiting_for(connection, settings, person, team)
        named = [(job, await datasets.name_of(connection, job.dataset_id)) for job in waiting]
    return waiting_blocks(text, named)
