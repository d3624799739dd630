"""`/api/{method}`: token, scope, arguments, faults and the call log around every method."""

import time

from aiohttp import web
from pydantic import ValidationError

from tunesmith.local.workspace import people
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.faults import strike_after, strike_before
from tunesmith.local.workspace.methods import streams
from tunesmith.local.workspace.methods.arguments import decode_arguments, read_arguments
from tunesmith.local.workspace.methods.method import Method
from tunesmith.local.workspace.methods.scopes import require_scope
from tunesmith.local.workspace.methods.table import METHODS
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.responses import json_response, too_many_requests
from tunesmith.local.workspace.workspace import Workspace


async def handle(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """Answer one Web API call."""
    name = request.match_info["method"]
    at = time.time()
    args: Json = {}
    fault = None
    try:
        token, args = await read_arguments(request)
        _count(ws, name, args)
        fault = ws.faults.take(name)
        await strike_before(fault, request)
        args = decode_arguments(args)
        if fault is not None and fault.kind == "stream_closed":
            _close_stream(ws, args)
        answer = {"ok": True} | await _call(ws, name, token, args)
        error = None
    except SlackError as refused:
        error = refused.code
        answer = {"ok": False, "error": error} | refused.details
    except web.HTTPException as response:
        ws.calls.record(name, request.method, args, at, response.reason)
        raise
    ws.calls.record(name, request.method, args, at, error)
    await strike_after(fault, request)
    if fault is not None and fault.kind == "odd":
        return web.Response(text=fault.body, content_type=fault.content_type)
    return json_response(answer, headers={"X-OAuth-Scopes": ",".join(ws.manifest.scopes)})


def _close_stream(ws: Workspace, args: Json) -> None:
    message = ws.state.messages.find(str(args.get("channel")), str(args.get("ts")))
    if message is not None:
        streams.close(ws, message)


def _count(ws: Workspace, name: str, args: Json) -> None:
    """Raises web.HTTPTooManyRequests for a call over the rate limits."""
    wait = ws.limits.take(name, str(args.get("channel", "")))
    if wait is not None:
        raise too_many_requests(wait)


async def _call(ws: Workspace, name: str, token: str | None, args: Json) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    _check_token(method, token)
    if method.scopes:
        require_scope(ws, *method.scopes)
    try:
        parsed = method.args.model_validate(args)
    except ValidationError as error:
        raise _invalid_arguments(error) from None
    return await method.run(ws, parsed)


def _check_token(method: Method, token: str | None) -> None:
    if not token:
        raise SlackError("not_authed")
    if token not in (people.BOT_TOKEN, people.APP_TOKEN):
        raise SlackError("invalid_auth")
    if (token == people.APP_TOKEN) != method.app_level:
        raise SlackError("not_allowed_token_type")


def _invalid_arguments(error: ValidationError) -> SlackError:
    messages: list[str] = []
    for problem in error.errors():
        pointer = "/" + "/".join(str(part) for part in problem["loc"])
        if problem["type"] == "missing":
            messages.append(f"missing required field: {pointer[1:]}")
        else:
            messages.append(f"{problem['msg']} [json-pointer:{pointer}]")
    return SlackError.with_messages("invalid_arguments", messages)
