"""Who may not see a model may not compare it, nor vote on it, nor read what votes came to."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from tests.commands.conftest import ALICE, BEN, LAB, MINJI, TEAM, TUNING, Office, words_of
from tests.commands.test_permissions import GITA, NORA, PARTNERS, SAM
from tunesmith.bot.answers.comparison.asking import answer_key
from tunesmith.bot.answers.comparison.standing import see, vote
from tunesmith.handlers.comparison.blocks import AGREE, SEE, SHOW, VOTE
from tunesmith.handlers.comparison.button import COMPARE
from tunesmith.handlers.slack.blocks import actions, button
from tunesmith.storage import answers, comparisons
from tunesmith.storage.answers import Answer
from tunesmith.storage.comparisons import Comparison, Entry
from tunesmith.storage.jobs import Job
from tunesmith.storage.tables import comparison_places, comparison_votes
from tunesmith.storage.tables import comparisons as table

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
async def team(office: Office) -> Office:
    """A team whose bot is in the private channel too."""
    await office.control.post("members", user=ALICE, channel=LAB)
    return office


async def _models(office: Office, channel: str) -> list[Job]:
    """Two models of a channel."""
    names = [f"ft:tiny:{channel}:{number}".lower() for number in range(2)]
    return [await office.model(channel=channel, fine_tuned_model=name) for name in names]


async def _answered(office: Office, jobs: list[Job]) -> str:
    """A comparison of these models whose answers have come; its id."""
    name = f"compared{jobs[0].channel}"
    made = Comparison(name, TEAM, jobs[0].channel, None, MINJI, "When?")
    refs = [f"tuned local {job.id}  {_name(job)}" for job in jobs]
    entries = [
        Entry(name, place, f"tuned local {job.id}", refs[place], _name(job))
        for place, job in enumerate(jobs)
    ]
    async with office.services.database.write() as connection:
        await comparisons.add(connection, made, entries)
        await comparisons.begin(connection, name)
        for entry in entries:
            key = answer_key(name, entry.place)
            kept = Answer(key, "At seven.", 1.0, jobs[entry.place].id, "stop", team=TEAM)
            await answers.keep(connection, kept)
    return name


def _name(job: Job) -> str:
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model


async def _press(office: Office, channel: str, user: str, action: str, value: str) -> str:
    """Press a button of the bot's that carries what the test likes; what is said to this person."""
    client: Any = AsyncWebClient("xoxb-local", base_url=f"{office.workspace.base_url}/api/")
    blocks = [actions(button("Press", action, value))]
    posted = await client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    body = {"channel": channel, "message_ts": posted["ts"], "user": user}
    await office.control.post("actions", **body, action_id=action)
    said = await office.whispers(user, channel)
    return words_of(said[-1]) if said else ""


async def _votes(office: Office) -> list[str]:
    async with office.services.database.read() as connection:
        return list((await connection.execute(select(comparison_votes.c.person))).scalars())


async def _count(office: Office) -> int:
    async with office.services.database.read() as connection:
        return len((await connection.execute(select(table.c.id))).all())


async def test_guests_and_strangers_compare_nothing_and_do_not_vote(team: Office) -> None:
    for channel, people in {TUNING: (SAM, GITA), PARTNERS: (NORA,)}.items():
        jobs = await _models(team, channel)
        name = await _answered(team, jobs)
        before = await _count(team)
        for user in people:
            for action, value in {
                COMPARE: f"job {jobs[0].id}",
                AGREE: name,
                f"{VOTE}_A": f"{name} A",
                SEE: name,
                SHOW: name,
            }.items():
                said = await _press(team, channel, user, action, value)
                assert "Guests" in said or "other organisations" in said, (action, said)
                assert _name(jobs[0]) not in said
            if user != NORA:  # commands are not given to people of other organisations
                typed = words_of(await team.type("compare When?", user=user, channel=channel))
                assert "Guests" in typed
            assert await team.control.modals(user) == []
        assert await _count(team) == before
    assert await _votes(team) == []


async def test_models_of_a_private_channel_are_compared_only_there(team: Office) -> None:
    here, hidden = await _models(team, TUNING), await _models(team, LAB)
    secret = _name(hidden[0])
    for user in (BEN, ALICE):  # whoever is in that channel would tell the others
        said = words_of(await team.type(f"compare {secret} When?", user=user))
        # What is no model's name here is a part of the question.
        assert any(_name(job) in said for job in here)
        assert f"{secret}*" not in said
        await _press(team, TUNING, user, COMPARE, f"job {here[0].id}")
        [form] = await team.control.modals(user)
        assert secret not in str(form)
        await team.control.post(f"views/{form['id']}/close", user=user)
    await _press(team, TUNING, BEN, COMPARE, f"job {hidden[0].id}")
    assert await team.control.modals(BEN) == []
    async with team.services.database.read() as connection:
        entries = (await connection.execute(select(comparison_places.c.model_ref))).scalars()
        assert not [ref for ref in entries if secret in ref]


async def test_votes_of_a_private_channel_are_cast_and_read_only_there(team: Office) -> None:
    hidden = await _models(team, LAB)
    secret = _name(hidden[0])
    name = await _answered(team, hidden)
    for action, value in {f"{VOTE}_A": f"{name} A", SEE: name, SHOW: name, AGREE: name}.items():
        said = await _press(team, TUNING, BEN, action, value)
        assert "comparison" in said.lower()
        assert secret not in said
    assert await _votes(team) == []
    async with team.services.database.write() as connection:
        await vote(connection, name, MINJI, 0)
        await see(connection, name, MINJI)
    assert secret in words_of(await team.type("compare results", user=MINJI, channel=LAB))
    assert secret not in words_of(await team.type("compare results", user=BEN))
    assert secret not in words_of(await team.type("compare results", user=MINJI))

    assert secret in words_of(await team.type("compare results", user=MINJI, channel="D0MINJI"))
    assert secret not in words_of(await team.type("compare results", user=BEN, channel="D0BEN"))
