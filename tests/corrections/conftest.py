"""An office with a tuned model whose answers were corrected."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import update

from tests.commands.conftest import ALICE, TEAM, TUNING, Office, office, values_of, words_of
from tests.workspace.conftest import Json
from tunesmith.bot.answers.parts import source
from tunesmith.bot.messages import text_for
from tunesmith.handlers.answer.under import answer_buttons
from tunesmith.handlers.correction.weekly import ask_weekly
from tunesmith.storage import answers, clock, corrections, datasets, jobs
from tunesmith.storage.answers import Answer
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job
from tunesmith.storage.tables import corrections as table
from tunesmith.storage.tables import datasets as datasets_table

__all__ = ["office"]

WEEK = 7 * 86_400


@dataclass
class Classroom:
    """What people do with the answers of one model."""

    office: Office
    job: Job
    original: Dataset
    client: Any
    _answer: Any = field(default=None, init=False)
    _count: int = field(default=0, init=False)

    async def correction(
        self, answer: str = "At seven.", *, author: str = ALICE, weeks_ago: int = 0, **values: Any
    ) -> Correction:
        """An answer that was corrected so many weeks ago."""
        self._count += 1
        row: dict[str, Any] = {
            "team": TEAM,
            "channel": self.job.channel,
            "job_id": self.job.id,
            "dataset_id": self.original.id,
            "answer_key": f"ask:{self._count}",
            "asked_channel": self.job.channel,
            "asked_thread": self.job.thread,
            "messages": [{"role": "user", "content": f"When on day {self._count}?"}],
            "tools": None,
            "rejected": {"role": "assistant", "content": "Never."},
            "preferred": {"role": "assistant", "content": answer},
            "author": author,
        }
        made = Correction(f"correction{self._count}", **row | values)
        async with self.office.services.database.write() as connection:
            await corrections.add(connection, made)
            now = await clock.read(connection)
            await connection.execute(
                update(table).where(table.c.id == made.id).values(taken_at=now - weeks_ago * WEEK)
            )
        return made

    async def answer(
        self,
        said: str,
        *,
        question: str = "When do you open?",
        channel: str = TUNING,
        conversation: str | None = None,
        goes_on: str | None = None,
    ) -> str:
        """An answer of the model in its thread; the key of its question. It `goes_on` with the
        answer of that key.
        """
        self._count += 1
        key = f"ask:{source(goes_on, 0)}" if goes_on else f"ask:{self._count}"
        answer = Answer(
            key,
            said,
            1.0,
            self.job.id,
            "stop",
            team=TEAM,
            channel=channel,
            thread=self.job.thread,
            asked_by=ALICE,
            question=question,
            conversation=conversation or goes_on,
            model_ref=f"tuned local {self.job.id}  {self.job.fine_tuned_model}",
        )
        async with self.office.services.database.write() as connection:
            await answers.keep(connection, answer)
        thread = self.job.thread if channel == TUNING else await self.office.thread(channel)
        self._answer = await self.client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            text=said[:100],
            blocks=answer_buttons(text_for("en"), answer),
        )
        return key

    async def press(self, user: str = ALICE, channel: str = TUNING) -> None:
        """Press Correct under the newest answer."""
        body = {"channel": channel, "message_ts": self._answer["ts"], "user": user}
        await self.office.control.post("actions", **body, action_id="correct_answer")

    async def stands(self, key: str | None = None) -> Correction | None:
        """The correction that counts for an answer: the newest, or that of a key."""
        async with self.office.services.database.read() as connection:
            return await corrections.of_answer(connection, key or f"ask:{self._count}")

    async def taken(self, said: str, key: str | None = None) -> Correction:
        """Wait until this correction counts for that answer."""

        async def found() -> Correction | None:
            stands = await self.stands(key)
            return stands if stands and stands.preferred["content"] == said else None

        taken: Correction = await self.office.until(found)
        return taken

    async def keep(self, user: str = ALICE) -> None:
        """Press the button that keeps a correction as it is."""
        seen = await self.office.control.messages(TUNING, thread_ts=self.job.thread)
        [held] = [one for one in seen if values_of(one.get("blocks", []), "keep_correction")]
        body = {"channel": TUNING, "message_ts": held["ts"], "user": user}
        await self.office.control.post("actions", **body, action_id="keep_correction")

    async def whispers(self, user: str = ALICE, channel: str = TUNING) -> list[Json]:
        """What only this person sees in the thread of the newest answer."""
        thread = self._answer["message"]["thread_ts"]
        return await self.office.whispers(user, channel, thread)

    async def correct(self, user: str = ALICE) -> Json:
        """The form that Correct opens."""
        await self.press(user)
        return (await self.office.control.modals(user))[-1]

    async def send(
        self, form: Json, said: str | dict[str, str], user: str = ALICE, *, consent: bool = True
    ) -> Json:
        """Send the form with this answer, or these parts of it; what is wrong, by block."""
        parts = {"part_0": said} if isinstance(said, str) else said
        given = {**parts, "consent": ["yes"] if consent else []}
        path = f"views/{form['id']}/submit"
        sent = await self.office.control.post(path, user=user, values=given)
        return sent["errors"] or {}

    @staticmethod
    def parts(form: Json) -> list[str]:
        """What stands in the form at first."""
        inputs = [block["element"] for block in form["blocks"] if block["type"] == "input"]
        return [one["initial_value"] for one in inputs if one["type"] == "plain_text_input"]

    async def schema(self, ddl: str) -> None:
        """Let the file be one that was made from this schema."""
        sha256 = hashlib.sha256(ddl.encode()).hexdigest()
        (self.office.services.settings.files / sha256).write_text(ddl)
        await self._change(schema_sha256=sha256)

    async def classes(self, *labels: str) -> None:
        """Let the file be one of a classification."""
        await self._change(report={**self.original.report, "classes": dict.fromkeys(labels, 9)})

    async def _change(self, **values: Any) -> None:
        async with self.office.services.database.write() as connection:
            where = datasets_table.c.id == self.original.id
            await connection.execute(update(datasets_table).where(where).values(**values))

    async def ask_weekly(self, correction: Correction) -> None:
        """What is written with a correction, so that the channel is asked."""
        async with self.office.services.database.write() as connection:
            await ask_weekly(connection, correction)

    async def told(self, thread: str, words: str) -> str:
        """Wait until the bot has said that in a thread; all that it said there."""

        async def found() -> str:
            said = "\n".join(await self.office.said(thread))
            return said if words in said else ""

        return str(await self.office.until(found))

    async def cards(self, channel: str = TUNING) -> list[Json]:
        """The cards that ask whether to train again."""
        seen = await self.office.control.messages(channel)
        return [message for message in seen if "Train again?" in words_of(message)]

    async def card(self) -> Json:
        """Wait for the newest card."""
        return (await self.office.until(self.cards))[-1]

    async def press_card(self, card: Json, way: str = "rows", user: str = ALICE) -> None:
        """Press a button of a card."""
        body = {"channel": TUNING, "message_ts": card["ts"], "user": user}
        await self.office.control.post("actions", **body, action_id=f"train_on_corrections_{way}")

    async def trained(self) -> tuple[Job, Dataset]:
        """Wait for a second job; it and its file."""

        async def found() -> Job | None:
            async with self.office.services.database.read() as connection:
                newest = await jobs.recent(connection, {"team": TEAM}, 1)
            return newest[0] if newest and newest[0].id != self.job.id else None

        job: Job = await self.office.until(found)
        async with self.office.services.database.read() as connection:
            dataset = await datasets.get(connection, job.dataset_id)
        assert dataset is not None
        return job, dataset

    def rows(self, dataset: Dataset) -> list[Json]:
        """The examples of a kept file."""
        path = self.office.services.settings.files / dataset.sha256
        return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
async def classroom(office: Office) -> Classroom:
    """A channel with one tuned model."""
    original = await office.dataset()
    job = await office.model(dataset=original, fine_tuned_model="ft:tiny:shop")
    client = AsyncWebClient("xoxb-local", base_url=office.services.settings.slack.api_url)
    return Classroom(office, job, original, client)
