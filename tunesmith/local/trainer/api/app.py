"""The whole API: every route behind the key, every failure in OpenAI's shape."""

import hmac
import logging

from aiohttp import web

from tunesmith.local.trainer.api import chat, completions, faults, files, jobs, models, uploads
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.faults import FAULTS, Faults, Handler
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.services import SERVICES, Services

_logger = logging.getLogger(__name__)
_MAX_JSON_BYTES = 16 * 1024 * 1024
_API_KEY = web.AppKey("api_key", str)


def create_app(services: Services, api_key: str) -> web.Application:
    """The API over the given parts; whoever starts and stops them is the caller."""
    app = web.Application(
        middlewares=[_shape_errors, _require_key, faults.meet_fault],
        client_max_size=_MAX_JSON_BYTES,
    )
    app[SERVICES] = services
    app[FAULTS] = Faults()
    app[_API_KEY] = api_key
    app.router.add_get("/health", _health)
    for module in (files, uploads, jobs, models, chat, completions, faults):
        app.add_routes(module.routes)
    app.on_response_prepare.append(_add_request_id)
    app.on_response_prepare.append(faults.cut_later)
    return app


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


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
    except Exception:
        _logger.exception("%s %s failed", request.method, request.path)
        message = "The server had an error while processing your request."
        return ApiError(500, message, kind="server_error").response()


def _from_http(request: web.Request, error: web.HTTPException) -> ApiError:
    """aiohttp's own refusals."""
    where = f"({request.method} {request.path})"
    if error.status == 404:
        return ApiError(404, f"Invalid URL {where}", code="unknown_url")
    if error.status == 405:
        return ApiError(405, f"Not allowed {where}", code="method_not_supported")
    if error.status == 413:
        return ApiError(413, "The request is too large.", code="request_too_large")
    return ApiError(error.status, error.reason)


@web.middleware
async def _require_key(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path == "/health":
        return await handler(request)
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            401,
            "You didn't provide an API key. Send it as: Authorization: Bearer YOUR_KEY",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not hmac.compare_digest(key.encode(), request.app[_API_KEY].encode()):
        raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")
    return await handler(request)
