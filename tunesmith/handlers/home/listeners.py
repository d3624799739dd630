"""Somebody opens the app's Home tab."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from tunesmith.handlers.home.blocks import home_blocks
from tunesmith.handlers.job.base_models import notices
from tunesmith.handlers.job.rows import job_rows
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import EventBody, HomeEvent
from tunesmith.storage import jobs
from tunesmith.storage.untold import untold

_MOST_JOBS = 15
_MOST_UNTOLD = 10
_UNTOLD_SECONDS = 7 * 86_400.0


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the tab being opened."""

    async def on_opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        opened = HomeEvent.read(event)
        if opened.tab == "home":
            await _publish(context, opened.user, EventBody.read(body).workspace)

    app.event("app_home_opened")(on_opened)


async def _publish(context: Context, user: str, team: str) -> None:
    text = await context.text(user)
    async with context.services.database.read() as connection:
        found = await jobs.recent(connection, {"team": team, "created_by": user}, _MOST_JOBS)
        missed = await untold(connection, user=user, seconds=_UNTOLD_SECONDS, most=_MOST_UNTOLD)
    rows = await job_rows(context, text, found)
    blocks = home_blocks(text, rows, notices(context.services), missed)
    view = {"type": "home", "blocks": blocks}
    await context.outbox.call("views.publish", user_id=user, view=view)
