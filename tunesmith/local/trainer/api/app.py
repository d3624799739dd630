"""The whole API: every route behind the key, every failure in OpenAI's shape."""

import asyncio
import logging
import sqlite3

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from tunesmith.local.trainer import disk
from tunesmith.local.trainer.api import (
    access,
    chat,
    completions,
    estimates,
    faults,
    files,
    jobs,
    models,
    uploads,
    webhook_endpoints,
)
from tunesmith.local.trainer.api.access import ACCESS, Access
from tunesmith.local.trainer.api.errors import ApiError, no_space
from tunesmith.local.trainer.api.faults import FAULTS, Faults, Handler
from tunesmith.local.trainer.api.metrics import METRICS, Metrics, measure
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.services import SERVICES, Services

PARTS = (
    files,
    uploads,
    jobs,
    estimates,
    models,
    chat,
    completions,
    webhook_endpoints,
    faults,
)
"""The modules whose `routes` are the API, in the order that a path is looked for in."""

_logger = logging.getLogger(__name__)
_MAX_JSON_BYTES = 16 * 1024 * 1024
_HEALTH_SECONDS = 5.0


def create_app(services: Services, api_key: str | None) -> web.Application:
    """The API over the given parts; whoever starts and stops them is the caller.

    `api_key` is the key of the server itself; teams may have keys besides.
    """
    app = web.Application(
        middlewares=[measure, _shape_errors, access.require_key, faults.meet_fault],
        client_max_size=_MAX_JSON_BYTES,
    )
    app[SERVICES] = services
    app[FAULTS] = Faults()
    app[ACCESS] = Access(api_key)
    app[METRICS] = Metrics(services)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/metrics", _metrics)
    for module in PARTS:
        app.add_routes(module.routes)
    app.on_response_prepare.append(_add_request_id)
    app.on_response_prepare.append(access.tell_limits)
    app.on_response_prepare.append(faults.cut_later)
    return app


async def _healthz(request: web.Request) -> web.Response:
    """Fine while the store takes a transaction."""
    try:
        async with asyncio.timeout(_HEALTH_SECONDS):
            await request.app[SERVICES].store.run(lambda: None)
    except (TimeoutError, OSError, sqlite3.Error):
        _logger.exception("The store takes no transaction")
        return web.json_response({"status": "failing"}, status=503)
    return web.json_response({"status": "ok"})


async def _metrics(request: web.Request) -> web.Response:
    body = await request.app[METRICS].text()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _add_request_id(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["x-request-id"] = new_id("req_", 32)


@web.middleware
async def _shape_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except web.HTTPException as error:
        return _from_http(request, error).response()
    except Exception as error:
        if disk.is_full(error):
            return no_space().response()
        _logger.exception("%s %s failed", request.method, request.path)
        message = "The server had an error while processing your request."
        return ApiError(500, message, kind="server_error").response()


def _from_http(request: web.Request, error: web.HTTPException) -> ApiError:
    """aiohttp's own refusals."""
    where = f"({request.method} {request.path})"
    if error.status == 404:
        return ApiError(404, f"Invalid URL {where}", code="unknown_url")
    if error.status == 405:
        allow = {"Allow": error.headers["Allow"]}
        return ApiError(405, f"Not allowed {where}", code="method_not_supported", headers=allow)
    if error.status == 413:
        return ApiError(413, "The request is too large.", code="request_too_large")
    return ApiError(error.status, error.reason)
