"""Webhooks of providers: told that a job has ended, the bot looks at that job at once.

Nothing in a webhook is believed but which job it is about: the state is always read from the
provider. Signatures are those of Standard Webhooks (github.com/standard-webhooks), which the
`openai` SDK checks; the same `webhook-id` twice is one look.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from openai import AsyncOpenAI, InvalidWebhookSignatureError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tunesmith.bot.jobs import look
from tunesmith.bot.jobs.kinds import OfRemote
from tunesmith.bot.listening import Unsigned, read_body
from tunesmith.bot.services import Services

PATH = "/webhooks"
"""A provider's address is below it, by its name in the catalogue."""

MOST_BYTES = 1 << 16
_TOLERANCE_SECONDS = 300
_MOST_ID = 256
_OF_JOBS = "fine_tuning.job."


class _About(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(pattern=r"^[^\x00-\x20\x7f]+$", max_length=_MOST_ID)


class _Webhook(BaseModel):
    """What it tells (platform.openai.com/docs/api-reference/webhook-events)."""

    model_config = ConfigDict(extra="ignore")

    type: str
    data: _About


def routes(services: Services) -> list[web.RouteDef]:
    """A route for each connected provider that a webhook secret is set for."""
    found: list[web.RouteDef] = []
    for name, access in services.settings.providers.items():
        if access.webhook_secret is not None:
            secret = access.webhook_secret.get_secret_value()
            found.append(web.post(f"{PATH}/{name}", _receiver(services, name, secret)))
    return found


def _receiver(
    services: Services, provider: str, secret: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    unsigned = Unsigned()
    signatures = AsyncOpenAI(api_key="unused", webhook_secret=secret).webhooks

    async def receive(request: web.Request) -> web.Response:
        body = await read_body(request, MOST_BYTES)
        try:
            signatures.verify_signature(body, request.headers, tolerance=_TOLERANCE_SECONDS)
        # TypeError: the SDK compares texts, which takes ASCII alone.
        except (InvalidWebhookSignatureError, ValueError, TypeError) as error:
            unsigned.note()
            raise web.HTTPUnauthorized from error
        sent = request.headers["webhook-id"]
        if not 0 < len(sent) <= _MOST_ID:
            raise web.HTTPBadRequest
        try:
            webhook = _Webhook.model_validate_json(body)
        except ValidationError as error:
            raise web.HTTPBadRequest from error
        if webhook.type.startswith(_OF_JOBS):
            about = OfRemote(provider=provider, provider_job_id=webhook.data.id)
            async with services.database.write() as connection:
                await look.add(connection, about, of=f"{provider}:{sent}")
        return web.Response()

    return receive
