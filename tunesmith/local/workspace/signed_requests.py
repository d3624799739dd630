"""HTTP mode: everything is POSTed to the app's request URL with Slack's signature.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import time
from urllib.parse import urlencode

import aiohttp
import orjson

from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.settings import SIGNING_SECRET
from tunesmith.local.workspace.transport import Kind, Reply, Retry


class HttpTransport:
    """POSTs events as JSON, commands and interactions as forms."""

    def __init__(self, request_url: str, ack_seconds: float) -> None:
        self._url = request_url
        self._timeout = aiohttp.ClientTimeout(total=ack_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Reply:
        """Deliver with a signature; anything but a 2xx answer is a failure."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        body, content_type = _encode(kind, payload)
        headers = {"Content-Type": content_type} | _signature(body)
        if retry is not None and retry.attempt:
            headers["X-Slack-Retry-Num"] = str(retry.attempt)
            headers["X-Slack-Retry-Reason"] = retry.reason
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                answer = await response.read()
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                if not response.ok:
                    return Reply("dispatch_failed", reason="http_error", no_retry=no_retry)
                return Reply(payload=_decode(answer, response.content_type))
        except TimeoutError:
            return Reply("operation_timeout", reason="http_timeout")
        except aiohttp.ClientError:
            return Reply("dispatch_failed", reason="connection_failed")

    async def close(self) -> None:
        """Close the client session."""
        if self._session is not None:
            await self._session.close()


def _encode(kind: Kind, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return orjson.dumps(payload), "application/json"
    if kind == "interactive":
        form = {"payload": orjson.dumps(payload).decode()}
    else:
        form = {key: str(value) for key, value in payload.items()}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _signature(body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _decode(body: bytes, content_type: str) -> object:
    if not body.strip():
        return None
    if content_type == "application/json":
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
    return {"text": body.decode("utf-8", "replace")}
