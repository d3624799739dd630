"""Only this machine, and no other web site, may speak to the workspace.

The Host check stops DNS rebinding; the Origin and Fetch Metadata checks stop pages of other origins
(https://web.dev/articles/fetch-metadata). SDKs and scripts send neither header and pass.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

_NAMES = {"127.0.0.1", "localhost", "[::1]"}


def guard(port: Callable[[], int]) -> Middleware:
    """A middleware that answers 403 to strangers; `port` tells where the server listens."""

    @web.middleware
    async def check(
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        hosts = {f"{name}:{port()}" for name in _NAMES}
        if request.headers.get("Host") not in hosts:
            raise web.HTTPForbidden(text="This host is not served here.\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            raise web.HTTPForbidden(text="Requests from other origins are refused.\n")
        site = request.headers.get("Sec-Fetch-Site", "none")
        navigating = request.headers.get("Sec-Fetch-Mode") == "navigate" and request.path == "/"
        if site not in ("same-origin", "none") and not navigating:
            raise web.HTTPForbidden(text="Requests from other origins are refused.\n")
        return await handler(request)

    return check
