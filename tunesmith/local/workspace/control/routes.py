"""The table of control API calls, and how each is answered. See docs/local-workspace.md."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from tunesmith.local.workspace.control import acting, files, forms, operating, reading, stream
from tunesmith.local.workspace.errors import ControlError, SlackError
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.responses import json_response
from tunesmith.local.workspace.workspace import Workspace

Call = Callable[[Workspace, web.Request], Awaitable[Json]]

_CALLS: tuple[tuple[str, str, Call], ...] = (
    ("GET", "/control/state", reading.state),
    ("GET", "/control/messages", reading.messages),
    ("POST", "/control/messages", acting.write),
    ("DELETE", "/control/messages", acting.delete),
    ("POST", "/control/files", files.attach),
    ("DELETE", "/control/files/{id}", files.delete),
    ("POST", "/control/commands", acting.command),
    ("POST", "/control/actions", acting.action),
    ("POST", "/control/shortcuts", acting.shortcut),
    ("POST", "/control/reactions", acting.reaction),
    ("POST", "/control/members", acting.invite),
    ("POST", "/control/user_groups", operating.user_group),
    ("POST", "/control/home", acting.home),
    ("GET", "/control/views", reading.open_views),
    ("POST", "/control/views/{id}/submit", forms.submit),
    ("POST", "/control/views/{id}/close", forms.close),
    ("GET", "/control/calls", reading.calls),
    ("GET", "/control/deliveries", reading.deliveries),
    ("POST", "/control/deliveries", operating.redeliver),
    ("GET", "/control/faults", reading.faults),
    ("POST", "/control/faults", operating.fault),
    ("DELETE", "/control/faults", operating.no_faults),
    ("POST", "/control/limits", operating.limits),
    ("POST", "/control/disconnect", operating.disconnect),
    ("POST", "/control/reset", operating.reset),
)


def routes(ws: Workspace) -> list[web.RouteDef]:
    """Every control route of this workspace."""

    async def bytes_of(request: web.Request) -> web.StreamResponse:
        return await files.download(ws, request)

    async def live(request: web.Request) -> web.StreamResponse:
        return await stream.serve(ws, request)

    return [
        web.get("/control/stream", live),
        web.get("/control/files/{id}", bytes_of),
        *(web.route(verb, path, _answering(ws, call)) for verb, path, call in _CALLS),
    ]


def _answering(ws: Workspace, call: Call) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            return json_response({"ok": True} | await call(ws, request))
        except ControlError as error:
            return _failure(error.code, str(error), error.status)
        except SlackError as error:
            status = 404 if error.code.endswith("_not_found") else 400
            return _failure(error.code, f"Slack would say {error.code}", status)
        except ValidationError as error:
            problems = [
                f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
                for one in error.errors()
            ]
            return _failure("invalid_arguments", "; ".join(problems), 400)

    return handler


def _failure(code: str, message: str, status: int) -> web.Response:
    return json_response({"ok": False, "error": code, "message": message}, status=status)
