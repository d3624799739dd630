"""What every handler works with: the services, the outbox, and the reader's language."""

import time
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.ddl import Schema
from tunesmith.bot.ddl.store import load_schema
from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import Message, from_stored
from tunesmith.bot.queue import Retry
from tunesmith.bot.services import Services
from tunesmith.handlers.outbox import Outbox
from tunesmith.handlers.text import Text, language_of, text_for
from tunesmith.handlers.text.bot_words import reason_in
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

_LOCALE_SECONDS = 3_600.0
_MOST_SCHEMAS = 8


class Context:
    """One for each app that the handlers are registered in."""

    def __init__(self, services: Services, client: AsyncWebClient) -> None:
        self.services = services
        self.outbox = Outbox(client, services.database)
        self.token = client.token or ""
        self.titles = {name: row.title for name, row in services.catalogue.providers.items()}
        self._schemas: dict[str, Schema] = {}
        self._locales: dict[str, tuple[float, str]] = {}

    async def text(self, user: str) -> Text:
        """The texts in a person's language; English where Slack does not tell it."""
        known = self._locales.get(user)
        if known is None or known[0] < time.monotonic():
            known = (time.monotonic() + _LOCALE_SECONDS, await self._locale(user))
            self._locales[user] = known
        return text_for(known[1])

    async def language(self, user: str) -> str:
        """The language of `text`: en, ko or zh."""
        await self.text(user)
        return language_of(self._locales[user][1])

    async def reason(self, user: str, message: Message | str) -> str:
        """What went wrong, in a person's language: an error's message, or one that is stored."""
        if isinstance(message, str):
            message = from_stored(message)
        said = (await self.text(user))(message)
        # Errors that are still raised in English words.
        return reason_in(await self.language(user), said) if message.key == "common.as_is" else said

    async def dataset(self, dataset_id: str) -> Dataset:
        """A dataset that a task or a button names; such are never deleted."""
        async with self.services.database.read() as connection:
            dataset = await datasets.get(connection, dataset_id)
        assert dataset is not None
        return dataset

    async def schema(self, sha256: str) -> Schema:
        """The schema of a DDL file that is kept; read once, then remembered for a while."""
        path = self.services.settings.files / sha256
        known = self._schemas.get(sha256)
        if known is None:
            known = self._schemas[sha256] = await self.services.processes.run(
                partial(load_schema, path)
            )
            if len(self._schemas) > _MOST_SCHEMAS:
                del self._schemas[next(iter(self._schemas))]
        return known

    async def _locale(self, user: str) -> str:
        try:
            answer: dict[str, Any] = await self.outbox.call(
                "users.info", http="GET", user=user, include_locale=True
            )
        except (SlackError, Retry):
            return "en"
        return str(answer["user"].get("locale", "en"))
