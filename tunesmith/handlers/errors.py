"""What people read when a listener fails: words for what we foresaw, else a reference."""

import logging
import uuid
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncRespond
from slack_bolt.response import BoltResponse

from tunesmith.bot.errors import UserError
from tunesmith.handlers.text import text_for

_log = logging.getLogger(__name__)


def register(app: AsyncApp) -> None:
    """Let the app's errors be told in words, without traceback, token or path."""

    async def on_error(
        error: Exception, body: dict[str, Any], respond: AsyncRespond
    ) -> BoltResponse:
        if isinstance(error, UserError):
            words = str(error)
        else:
            reference = uuid.uuid4().hex[:8]
            _log.error("A listener failed (reference %s)", reference, exc_info=error)
            words = text_for(None)("failed_reference", reference=reference)
        if body.get("response_url") or body.get("response_urls"):
            await respond(words, response_type="ephemeral")
        return BoltResponse(status=200)

    app.error(on_error)
