"""What every handler works with: the services, the outbox, and the reader's language."""

import time
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import Retry
from tunesmith.bot.services import Services
from tunesmith.handlers.outbox import Outbox
from tunesmith.handlers.text import Text, text_for

_LOCALE_SECONDS = 3_600.0


class Context:
    """One for each app that the handlers are registered in."""

    def __init__(self, services: Services, client: AsyncWebClient) -> None:
        self.services = services
        self.outbox = Outbox(client, services.database)
        self.token = client.token or ""
        self.titles = {name: row.title for name, row in services.catalogue.providers.items()}
        self._locales: dict[str, tuple[float, str]] = {}

    async def text(self, user: str) -> Text:
        """The texts in a person's language; English where Slack does not tell it."""
        known = self._locales.get(user)
        if known is None or known[0] < time.monotonic():
            known = (time.monotonic() + _LOCALE_SECONDS, await self._locale(user))
            self._locales[user] = known
        return text_for(known[1])

    async def _locale(self, user: str) -> str:
        try:
            answer: dict[str, Any] = await self.outbox.call(
                "users.info", http="GET", user=user, include_locale=True
            )
        except (SlackError, Retry):
            return "en"
        return str(answer["user"].get("locale", "en"))
