"""Somebody opens the app's Home tab."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from tunesmith.handlers.blocks.job import jobs_blocks
from tunesmith.handlers.blocks.parts import Block, header, section
from tunesmith.handlers.context import Context
from tunesmith.handlers.text import Text
from tunesmith.storage import datasets, jobs
from tunesmith.storage.jobs import Job

_MOST_JOBS = 15


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the tab being opened."""

    async def on_opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event["tab"] == "home":
            await _publish(context, str(event["user"]), str(body["team_id"]))

    app.event("app_home_opened")(on_opened)


async def _publish(context: Context, user: str, team: str) -> None:
    text = await context.text(user)
    async with context.services.database.read() as connection:
        found = await jobs.recent(connection, {"team": team, "created_by": user}, _MOST_JOBS)
        files = {job.dataset_id: await datasets.get(connection, job.dataset_id) for job in found}
    named = [(job, _name(files[job.dataset_id])) for job in found]
    view = {"type": "home", "blocks": _blocks(text, named)}
    await context.outbox.call("views.publish", user_id=user, view=view)


def _name(dataset: datasets.Dataset | None) -> str:
    return dataset.name if dataset else ""


def _blocks(text: Text, named: list[tuple[Job, str]]) -> list[Block]:
    blocks = [header(text("home.title")), section(text("home.intro"))]
    if named:
        blocks += [header(text("home.jobs")), *jobs_blocks(text, named)]
    return [*blocks, header(text("home.how")), section(text("home.steps"))]
