"""What people see of a job: one card from queued to result, one notice, short replies."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.answers.conftest import ALICE, CHANNEL, TEAM
from tests.jobs.conftest import Bench
from tests.support.queues import running
from tests.support.slice import is_result
from tests.support.waiting import PATIENCE
from tests.support.workspaces import UNHURRIED
from tests.support.world import key, words
from tunesmith.bot.app import slack_client
from tunesmith.bot.cli.demo.person import Message, Person
from tunesmith.bot.jobs import request_cancel
from tunesmith.bot.jobs.permissions import Person as Somebody
from tunesmith.bot.quiet_hours import QuietHours
from tunesmith.bot.settings import Settings, SlackSettings
from tunesmith.handlers import kinds
from tunesmith.handlers.job.tasks import end, subscribe
from tunesmith.handlers.slack.context import Context
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.server import running as workspace_running
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage import jobs
from tunesmith.storage import tasks as queued
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.tables import tasks

pytestmark = pytest.mark.databases("sqlite")


@dataclass
class Team:
    """A person in a workspace, the provider, and a thread in which jobs are."""

    person: Person
    workspace: Workspace
    bench: Bench
    context: Context
    thread: str

    async def start(self, provider_job: str = "ftjob-a", **values: Any) -> str:
        """A job that runs, with three steps made."""
        self.bench.provider.add_job(provider_job)
        self.bench.provider.events[provider_job] = [step(number, 3) for number in (1, 2, 3)]
        where = {"team": TEAM, "channel": CHANNEL, "thread": self.thread, "created_by": ALICE}
        said: dict[str, Any] = {
            "status": JobStatus.RUNNING,
            "provider_job_id": provider_job,
            **where,
            **values,
        }
        job_id = await self.bench.reserve(**said)
        await self.publish(job_id, "reserved")
        await self.bench.arm("watch", "local", provider="local")
        return job_id

    async def publish(self, job_id: str, event: str) -> None:
        """Tell whoever shows jobs that something happened."""
        async with self.bench.services.database.write() as connection:
            job = await jobs.get(connection, job_id)
            assert job is not None
            await getattr(self.bench.services.job_events, event).publish(connection, job)

    async def change(self, job_id: str, **values: Any) -> None:
        """Change a job as its watch does, and tell of it."""
        async with self.bench.services.database.write() as connection:
            await jobs.change(connection, job_id, **values)
            job = await jobs.get(connection, job_id)
            assert job is not None
            await self.bench.services.job_events.changed.publish(connection, job)

    async def card(self, job_id: str, *said: str) -> Message:
        """The card of a job, once it says all this."""
        return await self.person.wait_for(
            f"a card that says {said}",
            lambda m: key(m) == f"progress:{job_id}" and all(one in words(m) for one in said),
            thread=self.thread,
            seconds=20,
        )

    async def result(self, *said: str) -> Message:
        """The newest result, once it says all this."""
        return await self.person.wait_for(
            f"a result that says {said}",
            lambda m: is_result(m) and all(one in words(m) for one in said),
            thread=self.thread,
            seconds=20,
        )

    async def ours(self, thread: str | None = None) -> list[str]:
        """The kinds of our messages in the thread, or in the channel."""
        found = await self.person.messages(thread)
        return sorted(key(m).split(":")[0] for m in found if key(m))

    async def reactions(self) -> set[str]:
        """Our reactions on the thread's first message."""
        [root] = [m for m in await self.person.messages() if m["ts"] == self.thread]
        return {one["name"] for one in root.get("reactions", [])}

    async def at_rest(self, *but: str) -> None:
        """Wait until nothing is left to do but for tasks of these kinds."""
        undone = select(tasks.c.kind).where(tasks.c.done_at.is_(None), tasks.c.kind.not_in(but))
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.bench.services.database.read() as connection:
                    if not (await connection.execute(undone)).first():
                        return
                await asyncio.sleep(0.05)

    def fault(self, method: str, error: str, times: int = 1) -> None:
        """Let the next calls of a Slack method be refused."""
        how = {"method": method, "kind": "error", "error": error, "times": times}
        self.workspace.faults.add(Fault.model_validate(how))


def step(number: int, total: int, **data: Any) -> dict[str, Any]:
    """An event that tells of a training step."""
    told = {"step": number, "total_steps": total, "train_loss": 3 / number, **data}
    return {"id": f"event-{number}", "type": "metrics", "data": told}


@pytest.fixture
async def team(bench: Bench, tmp_path: Path) -> AsyncGenerator[Team]:
    """A team whose bot runs."""
    async with workspace_running(UNHURRIED) as workspace:
        url = workspace.base_url
        slack = SlackSettings(bot_token=SecretStr("xoxb-local"), api_url=f"{url}/api/")
        async with (
            bench.services.processes,
            slack_client(Settings(data_dir=tmp_path, slack=slack)) as client,
            aiohttp.ClientSession() as session,
        ):
            person = Person(session, url, ALICE, ALICE, CHANNEL)
            context = Context(bench.services, client)
            subscribe(context)
            bench.services.queue.serve(kinds, context)
            body = {"user": ALICE, "channel": CHANNEL, "text": "train this"}
            async with session.post(f"{url}/control/messages", json=body) as response:
                thread = str((await response.json())["ts"])
            async with running(bench.services.queue):
                yield Team(person, workspace, bench, context, thread)


async def test_a_job_leaves_one_card_that_becomes_the_result_and_one_notice(team: Team) -> None:
    job_id = await team.start(estimated_usd=4)
    card = await team.card(job_id, "Step 3 of 3", "cancel_job")
    team.bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    result = await team.result("ft:shop", "slack_file", "data_visualization")
    assert result["ts"] == card["ts"]
    assert "cancel_job" not in words(result)
    await team.at_rest()
    assert await team.ours(team.thread) == ["progress"]
    assert await team.ours() == ["notice"]
    [notice] = [m for m in await team.person.messages() if key(m).startswith("notice:")]
    for said in (
        "ft:shop",
        "a.jsonl",
        "tiny-1m-scratch",
        f"<@{ALICE}>",
        card["ts"].replace(".", ""),
    ):
        assert said in words(notice)
    assert not any(m.get("files") for m in await team.person.messages(team.thread))


async def test_a_job_that_waits_for_approval_asks_for_it_above_the_button_that_cancels(
    team: Team,
) -> None:
    where: dict[str, Any] = {
        "team": TEAM,
        "channel": CHANNEL,
        "thread": team.thread,
        "created_by": ALICE,
    }
    job_id = await team.bench.reserve(status=JobStatus.AWAITING_APPROVAL, **where)
    await team.publish(job_id, "reserved")
    card = await team.card(job_id, "approve_job")
    buttons = [block["elements"][0] for block in card["blocks"] if block["type"] == "actions"]
    assert [button["action_id"] for button in buttons] == ["approve_job", "cancel_job"]


async def test_a_card_says_why_its_job_waits_until_it_does_not(team: Team) -> None:
    job = await team.start(status=JobStatus.QUEUED)
    remote = team.bench.provider.jobs["ftjob-a"]
    remote |= {"status": "queued", "waiting_for": "Queued: waits for 2 <GPU>."}
    await team.card(job, "It has not begun yet: Queued: waits for 2 &lt;GPU&gt;.")
    remote |= {"status": "running", "waiting_for": None}
    await team.person.wait_for(
        "a card of a job that trains",
        lambda m: key(m) == f"progress:{job}" and "not begun" not in words(m),
        thread=team.thread,
        seconds=20,
    )


async def test_a_free_job_that_broke_off_is_told_no_cost_and_not_to_train_longer(
    team: Team,
) -> None:
    await team.start(estimated_usd=0)
    team.bench.provider.events["ftjob-a"] = [step(number, 30) for number in range(1, 13)]
    ended = {"status": "failed", "error": {"message": "out of memory"}, "trained_tokens": 100}
    team.bench.provider.jobs["ftjob-a"] |= ended
    result = await team.result("out of memory", "Training loss")
    assert "more epochs" not in words(result)
    assert "*Cost*" not in words(result)


async def test_a_notice_has_its_link_also_where_slack_knew_none_for_a_while(team: Team) -> None:
    await team.start()
    team.bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    team.fault("chat.getPermalink", "message_not_found", times=2)
    await team.at_rest()
    [notice] = [m for m in await team.person.messages() if key(m).startswith("notice:")]
    assert "See the thread" in words(notice)


async def test_a_notice_comes_without_a_link_where_slack_knows_none(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end, "_LINK_SECONDS", 0.0)
    await team.start()
    team.bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    team.fault("chat.getPermalink", "message_not_found", times=100)
    await team.at_rest()
    [notice] = [m for m in await team.person.messages() if key(m).startswith("notice:")]
    assert "See the thread" not in words(notice)


async def test_a_notice_waits_for_the_end_of_quiet_hours_and_the_card_does_not(team: Team) -> None:
    settings = team.bench.services.settings
    now = datetime.now(UTC)
    hours = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time())
    settings.quiet_hours = QuietHours(*hours, ZoneInfo("UTC"))
    settings.mention_starter = False
    job_id = await team.start()
    await team.card(job_id, "Step 3 of 3")
    team.bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    await team.result("ft:shop")
    await team.at_rest("job.notice")
    assert await team.ours() == []
    put_off = select(tasks.c.not_before - tasks.c.created_at).where(tasks.c.kind == "job.notice")
    async with team.bench.services.database.read() as connection:
        assert 3_500 < (await connection.execute(put_off)).scalar_one() < 3_700
    settings.quiet_hours = None
    async with team.bench.services.database.write() as connection:
        await queued.make_due(connection, f"job.notice:{job_id}")
    await team.at_rest()
    [notice] = [m for m in await team.person.messages() if key(m).startswith("notice:")]
    assert "Alice" in words(notice)
    assert f"<@{ALICE}>" not in words(notice)


async def test_a_result_shows_what_a_classification_came_to(team: Team) -> None:
    job_id = await team.start()
    await team.card(job_id, "Step 3 of 3")
    table = b"step,classification/accuracy,classification/weighted_f1_score\n4,0.875,0.5\n"
    team.bench.provider.contents["file-r"] = table
    ended = {"status": "succeeded", "fine_tuned_model": "ft:shop", "result_files": ["file-r"]}
    team.bench.provider.jobs["ftjob-a"] |= ended
    await team.result("Classification accuracy", "87.5", "Weighted F1", "0.5")


async def test_a_cancelled_job_is_told_in_its_thread_alone(team: Team) -> None:
    job_id = await team.start()
    await team.card(job_id, "cancel_job")
    await request_cancel(team.bench.services, job_id, Somebody(ALICE))
    await team.result(f"was cancelled by <@{ALICE}>")
    await team.at_rest()
    assert await team.ours(team.thread) == ["job.told", "progress"]
    assert await team.ours() == []


async def test_a_failed_job_says_why_in_its_card_and_that_it_did_in_thread_and_channel(
    team: Team,
) -> None:
    await team.start()
    failed = {"status": "failed", "error": {"message": "Blocked by moderation"}}
    team.bench.provider.jobs["ftjob-a"] |= failed
    await team.result("Blocked by moderation")
    await team.at_rest()
    assert await team.ours(team.thread) == ["job.told", "progress"]
    assert await team.ours() == ["notice"]


async def test_a_pause_is_told_once_and_again_only_after_new_steps(team: Team) -> None:
    job_id = await team.start()
    await team.card(job_id, "Step 3 of 3")
    team.bench.provider.jobs["ftjob-a"]["status"] = "paused"
    for _ in range(2):
        await team.change(job_id, status=JobStatus.PAUSED, paused_by=ALICE)
        await team.at_rest("job.progress", "watch")
    assert await team.ours(team.thread) == ["job.told", "progress"]


@pytest.mark.parametrize("refused", [1, 2])
async def test_where_slack_refuses_a_chart_the_card_is_the_result_without_it(
    team: Team, refused: int
) -> None:
    job_id = await team.start()
    await team.card(job_id, "Step 3 of 3")
    team.bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    team.fault("chat.update", "invalid_blocks", times=refused)
    await team.result("ft:shop")
    await team.at_rest()
    assert await team.ours() == ["notice"]


async def test_a_reaction_shows_how_the_newest_job_of_the_thread_stands(team: Team) -> None:
    job_id = await team.start()
    await team.card(job_id)
    team.bench.provider.jobs["ftjob-a"] |= {"status": "failed"}
    await team.result("failed")
    await team.at_rest()
    assert await team.reactions() == {"x"}
    for method, error in (("add", "already_reacted"), ("remove", "no_reaction")):
        team.fault(f"reactions.{method}", error)
    await team.start("ftjob-b", created_at=2e9)
    team.bench.provider.jobs["ftjob-b"] |= {"status": "succeeded", "fine_tuned_model": "ft:shop"}
    await team.result("ft:shop")
    await team.at_rest()
    assert await team.reactions() == {"white_check_mark", "x"}  # that one was refused
