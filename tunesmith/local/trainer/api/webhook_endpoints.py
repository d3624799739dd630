"""/v1/webhook_endpoints: the addresses to which a team is told how its jobs end.

As developers.openai.com/api/reference/resources/webhooks describes them.
"""

import time
from typing import Annotated
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import AfterValidator, Field

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import answer, read_json, read_query
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.objects import (
    Deleted,
    WebhookEndpoint,
    WebhookEndpointWithSecret,
    WebhookEvent,
    WebhookEventTypes,
    WebhookTestResult,
)
from tunesmith.local.trainer.api.requests import Body, PageQuery
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import Store, StoredWebhook
from tunesmith.local.trainer.webhooks import event_of, new_secret, new_session, send

routes = web.RouteTableDef()

_ALL = "/v1/webhook_endpoints"
_ONE = f"{_ALL}/{{webhook_endpoint_id}}"
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


_OLD_SECRET_SECONDS = 24 * 3600


def _private(url: str) -> str:
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    if not parts.hostname or not (here or parts.scheme == "https"):
        raise ValueError("expected an https address, or an http one of this machine")
    return url


_Name = Annotated[str, Field(min_length=1, max_length=256)]
_Url = Annotated[str, Field(max_length=2048), AfterValidator(_private)]
_Events = Annotated[list[WebhookEvent], Field(min_length=1)]


class _Create(Body):
    """What an address is to be told. Other events than these never happen here."""

    name: _Name
    url: _Url
    event_types: _Events


class _Update(Body):
    """What is to change of it."""

    name: _Name | None = None
    url: _Url | None = None
    event_types: _Events | None = None


class _Rotate(Body):
    """Whether the secret until now goes on signing for a day, beside the new one."""

    keep_old_secret_active_for_24_hours: bool = False


class _Test(Body):
    """The event to send."""

    event_type: WebhookEvent


@routes.post(_ALL)
async def create(request: web.Request) -> web.Response:
    """Name an address; its secret is told this once."""
    store, body = request.app[SERVICES].store, await read_json(request, _Create)
    secret, now = new_secret(), int(time.time())
    webhook = StoredWebhook(
        id=new_id("we_"),
        created_at=now,
        updated_at=now,
        event_types=body.event_types,
        name=body.name,
        url=body.url,
        signing_secret_hint=_hint(secret),
        secret=secret,
    )
    await store.run(lambda: store.webhooks.add(webhook, team_of(request)))
    return answer(_with_secret(webhook))


def _hint(secret: str) -> str:
    return f"whsec_...{secret[-4:]}"


def _with_secret(webhook: StoredWebhook) -> WebhookEndpointWithSecret:
    return WebhookEndpointWithSecret(**webhook.shown().model_dump(), signing_secret=webhook.secret)


@routes.get(_ALL)
async def list_webhooks(request: web.Request) -> web.Response:
    """Newest first."""
    store, query = request.app[SERVICES].store, read_query(request, PageQuery)
    return answer(await store.run(lambda: store.webhooks.page(query, parent=team_of(request))))


@routes.get(_ONE)
async def retrieve(request: web.Request) -> web.Response:
    """What is known of it, but for its secret."""
    store = request.app[SERVICES].store
    return answer((await store.run(lambda: _get(store, request))).shown())


@routes.post(_ONE)
async def update(request: web.Request) -> web.Response:
    """Change its name, where it is, or what it is told."""
    store, body = request.app[SERVICES].store, await read_json(request, _Update)

    def work() -> StoredWebhook:
        webhook = _get(store, request)
        changed = webhook.model_copy(update=body.model_dump(exclude_none=True))
        if changed != webhook:
            changed.updated_at = int(time.time())
            store.webhooks.put(changed)
        return changed

    return answer((await store.run(work)).shown())


@routes.post(f"{_ONE}/rotate_secret")
async def rotate_secret(request: web.Request) -> web.Response:
    """Sign with a new secret, which is told this once."""
    store = request.app[SERVICES].store
    keep = False
    if await request.read():
        keep = (await read_json(request, _Rotate)).keep_old_secret_active_for_24_hours
    secret, now = new_secret(), int(time.time())

    def work() -> StoredWebhook:
        webhook = _get(store, request)
        webhook.old_secret = webhook.secret if keep else None
        webhook.old_secret_until = now + _OLD_SECRET_SECONDS
        webhook.secret, webhook.signing_secret_hint = secret, _hint(secret)
        webhook.updated_at = now
        store.webhooks.put(webhook)
        return webhook

    return answer(_with_secret(await store.run(work)))


@routes.post(f"{_ONE}/test")
async def test(request: web.Request) -> web.Response:
    """Send it an event of no job, and say how it answers."""
    store, body = request.app[SERVICES].store, await read_json(request, _Test)
    webhook = await store.run(lambda: _get(store, request))
    sample = event_of(body.event_type, new_id("ftjob-"), int(time.time()))
    async with new_session() as session:
        status = await send(session, webhook, new_id("wh_"), sample)
    if status is None:
        raise ApiError(400, f"{webhook.url} did not answer.", code="webhook_not_answered")
    return answer(
        WebhookTestResult(
            webhook_endpoint_id=webhook.id, event_type=body.event_type, status_code=status
        )
    )


@routes.get("/v1/webhook_event_types")
async def list_event_types(_: web.Request) -> web.Response:
    """What an address can be told."""
    return answer(WebhookEventTypes())


@routes.delete(_ONE)
async def delete(request: web.Request) -> web.Response:
    """Tell it nothing more."""
    store = request.app[SERVICES].store

    def work() -> WebhookEndpoint:
        webhook = _get(store, request)
        store.webhooks.remove(webhook.id)
        for delivery in store.deliveries.all(parent=webhook.id):
            store.deliveries.remove(delivery.id)
        return webhook

    webhook = await store.run(work)
    return answer(Deleted(id=webhook.id, object="webhook_endpoint.deleted"))


def _get(store: Store, request: web.Request) -> StoredWebhook:
    webhook_id = request.match_info["webhook_endpoint_id"]
    webhook = store.webhooks.get(webhook_id, team_of(request))
    if webhook is None:
        raise ApiError(404, f"No such webhook endpoint: {webhook_id}", param="webhook_endpoint_id")
    return webhook
