"""What every handler works with: the services, the outbox, and the readers' languages."""

from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.ddl import Schema
from tunesmith.bot.ddl.store import load_schema
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Text, say, text_for
from tunesmith.bot.queue import Wait
from tunesmith.bot.services import Services
from tunesmith.handlers.slack.inbox import Inbox
from tunesmith.handlers.slack.mrkdwn import escape
from tunesmith.handlers.slack.outbox import Outbox
from tunesmith.handlers.slack.people import People
from tunesmith.handlers.slack.permalinks import Permalinks
from tunesmith.handlers.slack.sight import Sight
from tunesmith.handlers.slack.thread import ThreadRef, Where
from tunesmith.storage import clock, datasets, jobs, threads
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

_MOST_SCHEMAS = 8
_MOST_LANGUAGES = 10_000


class Context:
    """One for each app that the handlers are registered in."""

    def __init__(self, services: Services, client: AsyncWebClient) -> None:
        self.services = services
        self.outbox = Outbox(client, services.database)
        self.people = People(services.settings, self.outbox)
        self.inbox = Inbox(services.database)
        self.sight = Sight(self.outbox)
        self.permalinks = Permalinks(self.outbox)
        self.token = client.token or ""
        self.titles = {name: row.title for name, row in services.catalogue.providers.items()}
        self._schemas: dict[str, Schema] = {}
        self._languages: dict[tuple[str, str], str] = {}

    async def text(self, user: str) -> Text:
        """The words for one person: for what only they see.

        Values in them are escaped for Slack; `.plain` has the words without, for buttons, forms,
        titles and tables.
        """
        return text_for(await self._locale(user)).escaping(escape)

    async def text_in(self, ref: ThreadRef) -> Text:
        """The words for a thread: all of it is in the language of who began it with the bot.

        What is posted to the channel itself is in the language of who asked for it. Raises Wait
        where Slack asks to wait before it tells that language.
        """
        if ref.ts is None:
            return await self.text(ref.user)
        if language := self._languages.get((ref.channel, ref.ts)):
            return text_for(language).escaping(escape)
        async with self.services.database.read() as connection:
            known = await threads.locale(connection, ref.channel, ref.ts)
        if known is None and (own := await self.people.locale(ref.user)):
            async with self.services.database.write(wake=False, durable=False) as connection:
                await threads.set_locale(connection, ref.channel, ref.ts, own)
                known = await threads.locale(connection, ref.channel, ref.ts)
        if known is not None:  # it stays so
            self._languages[ref.channel, ref.ts] = known
            if len(self._languages) > _MOST_LANGUAGES:
                del self._languages[next(iter(self._languages))]
        return text_for(known).escaping(escape)

    async def outside_quiet_hours(self) -> None:
        """Raises Wait within the team's quiet hours: for what can be told later."""
        quiet = self.services.settings.quiet_hours
        if quiet is None:
            return
        async with self.services.database.read() as connection:
            left = quiet.seconds_left(await clock.read(connection))
        if left > 0:
            raise Wait(say("common.quiet_hours"), left)

    async def dataset(self, dataset_id: str) -> Dataset:
        """A dataset that a task names; its row is never deleted."""
        async with self.services.database.read() as connection:
            dataset = await datasets.get(connection, dataset_id)
        assert dataset is not None
        return dataset

    async def job(self, job_id: str) -> Job:
        """A job that a task names; such are never deleted."""
        async with self.services.database.read() as connection:
            job = await jobs.get(connection, job_id)
        assert job is not None
        return job

    async def dataset_at(self, where: Where, dataset_id: str) -> Dataset:
        """The dataset that a button or a form names. Raises JobError where it is not one of the
        channel in which that stands, or was deleted.
        """
        async with self.services.database.read() as connection:
            dataset = await datasets.get(connection, dataset_id)
        if dataset is None or where != Where(dataset.team, dataset.channel):
            raise JobError(say("job.no_dataset"))
        if dataset.deleted_at is not None:
            raise JobError(say("dataset.deleted", name=dataset.name))
        return dataset

    async def job_at(self, where: Where, job_id: str) -> Job:
        """The job that a button or a form names. Raises JobError as `dataset_at` does."""
        async with self.services.database.read() as connection:
            job = await jobs.get(connection, job_id)
        if job is None or where != Where(job.team, job.channel):
            raise JobError(say("job.not_known"))
        return job

    async def job_seen(self, where: Where, user: str, job_id: str) -> Job:
        """The job that a person names who is not in its thread: one of the channel where they are,
        or of another that they are in. Raises JobError as `dataset_at` does.
        """
        async with self.services.database.read() as connection:
            job = await jobs.get(connection, job_id)
        if job is None or not await self.sees(where, user, job):
            raise JobError(say("job.not_known"))
        return job

    async def sees(self, where: Where, user: str, job: Job) -> bool:
        """Whether somebody may see a job: what happens in a direct message is one person's."""
        if job.team != where.team:
            return False
        own = job.channel.startswith("D") and job.created_by == user
        return own or job.channel == where.channel or job.channel in await self.sight.channels(user)

    async def job_in(self, team: str, job_id: str) -> Job:
        """A job of the team, for whoever may know of all of them. Raises JobError."""
        async with self.services.database.read() as connection:
            job = await jobs.get(connection, job_id)
        if job is None or job.team != team:
            raise JobError(say("job.not_known"))
        return job

    async def schema(self, sha256: str) -> Schema:
        """The schema of a DDL file that is kept; read once, then remembered for a while.

        Raises SchemaError where it was deleted.
        """
        path = self.services.settings.files / sha256
        known = self._schemas.get(sha256)
        if known is None:
            known = self._schemas[sha256] = await self.services.processes.run(
                partial(load_schema, path)
            )
            if len(self._schemas) > _MOST_SCHEMAS:
                del self._schemas[next(iter(self._schemas))]
        return known

    def forget_schema(self, sha256: str) -> None:
        """Remember the schema of a DDL file no longer."""
        self._schemas.pop(sha256, None)

    async def _locale(self, user: str) -> str | None:
        """A person's locale; None where Slack does not tell it at once."""
        try:
            return await self.people.locale(user)
        except Wait:
            return None
