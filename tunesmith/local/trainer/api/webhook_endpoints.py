"""/v1/webhook_endpoints: the addresses to which a team is told how its jobs end."""

import time
from typing import Annotated
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import Field, field_validator

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import answer, read_json, read_query
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.objects import (
    Deleted,
    WebhookEndpoint,
    WebhookEndpointWithSecret,
    WebhookEvent,
)
from tunesmith.local.trainer.api.requests import Body, PageQuery
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import Store, StoredWebhook
from tunesmith.local.trainer.webhooks import new_secret

routes = web.RouteTableDef()

_ALL = "/v1/webhook_endpoints"
_ONE = f"{_ALL}/{{webhook_endpoint_id}}"
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class _Create(Body):
    """What an address is to be told. Other events than these never happen here."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    url: Annotated[str, Field(max_length=2048)]
    event_types: Annotated[list[WebhookEvent], Field(min_length=1)]

    @field_validator("url")
    @classmethod
    def _is_private(cls, url: str) -> str:
        parts = urlsplit(url)
        here = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
        if not parts.hostname or not (here or parts.scheme == "https"):
            raise ValueError("expected an https address, or an http one of this machine")
        return url


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
        signing_secret_hint=f"whsec_...{secret[-4:]}",
        secret=secret,
    )
    await store.run(lambda: store.webhooks.add(webhook, team_of(request)))
    shown = webhook.shown().model_dump()
    return answer(WebhookEndpointWithSecret(**shown, signing_secret=secret))


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
