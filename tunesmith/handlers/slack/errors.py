"""What people read when a listener fails: words for what we foresaw, else a reference."""

import logging
import uuid
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncRespond
from slack_bolt.response import BoltResponse

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.slack.context import Context

_log = logging.getLogger(__name__)


def register(context: Context, app: AsyncApp) -> None:
    """Let the app's errors be told in words, without traceback, token or path."""

    async def on_error(
        error: Exception, body: dict[str, Any], respond: AsyncRespond
    ) -> BoltResponse:
        user = str(body.get("user_id") or body.get("user", {}).get("id", ""))
        if isinstance(error, UserError):
            said = error.message
        else:
            reference = uuid.uuid4().hex[:8]
            _log.error("A listener failed (reference %s)", reference, exc_info=error)
            said = say("common.failed_reference", reference=reference)
        if body.get("response_url") or body.get("response_urls"):
            text = await context.text(user)
            await respond(text(said), response_type="ephemeral")
        return BoltResponse(status=200)

    app.error(on_error)
