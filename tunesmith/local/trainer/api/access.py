"""Who asks: the key of a request, whose it is, and how many requests it may send."""

import hashlib
import math
import time
from dataclasses import dataclass

from aiohttp import web

from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.faults import Handler
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import LOCAL_TEAM, StoredKey

OPEN_PATHS = frozenset(("/healthz", "/metrics"))
"""What needs no key."""
_TEAM = web.RequestKey("team", str)
_MINUTE = 60.0


def team_of(request: web.Request) -> str:
    """The team of the key that came with the request."""
    return request[_TEAM]


def hashed(key: str) -> str:
    """What is kept of a key. Keys are long and random: one round of SHA-256 hides them."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(slots=True)
class Allowance:
    """The requests that a key may send: up to `limit` at once, `limit` in a minute on end.

    `left` are those that it might send at the moment `at`, in seconds of the monotonic clock.
    """

    limit: int
    left: float
    at: float

    def take(self, now: float) -> bool:
        """Count a request; False where it is one too many."""
        self.left = min(self.limit, self.left + (now - self.at) * self.limit / _MINUTE)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    @property
    def next_seconds(self) -> float:
        """How long until one more may come."""
        return max(0.0, 1 - self.left) * _MINUTE / self.limit

    @property
    def headers(self) -> dict[str, str]:
        """As OpenAI tells its own limits on requests; the tokens of an answer are not limited."""
        return {
            "x-ratelimit-limit-requests": str(self.limit),
            "x-ratelimit-remaining-requests": str(int(self.left)),
            "x-ratelimit-reset-requests": _duration(
                (self.limit - self.left) * _MINUTE / self.limit
            ),
        }


_ALLOWANCE = web.RequestKey("allowance", Allowance)


class Access:
    """The keys: that of the server, if it was started with one, and those that are stored."""

    def __init__(self, api_key: str | None) -> None:
        self._own = None if api_key is None else hashed(api_key)
        self._allowances: dict[str, Allowance] = {}

    async def require(self, request: web.Request) -> None:
        """Find out whose the request's key is, and count the request. Raises ApiError."""
        key_hash = hashed(_key(request))
        if key_hash == self._own:
            request[_TEAM] = LOCAL_TEAM
            return
        store = request.app[SERVICES].store
        key = await store.run(lambda: store.keys.get(key_hash))
        if key is None:
            raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")
        if request.path.startswith("/control/"):
            raise ApiError(403, "Faults are for the key that the server was started with.")
        request[_TEAM] = key.team
        if key.requests_per_minute is not None:
            self._count(request, key, key.requests_per_minute)

    def _count(self, request: web.Request, key: StoredKey, limit: int) -> None:
        now = time.monotonic()
        allowance = self._allowances.get(key.id)
        if allowance is None or allowance.limit != limit:
            allowance = self._allowances[key.id] = Allowance(limit, limit, now)
        request[_ALLOWANCE] = allowance
        if not allowance.take(now):
            seconds = allowance.next_seconds
            raise ApiError(
                429,
                f"Rate limit reached for team {key.team} on requests per min (RPM): Limit {limit},"
                f" Used {limit}, Requested 1. Please try again in {_duration(seconds)}.",
                kind="requests",
                code="rate_limit_exceeded",
                headers={
                    "Retry-After": str(math.ceil(seconds)),
                    "retry-after-ms": str(math.ceil(seconds * 1000)),
                },
            )


ACCESS = web.AppKey("access", Access)


@web.middleware
async def require_key(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody in without a key."""
    if request.path not in OPEN_PATHS:
        await request.app[ACCESS].require(request)
    return await handler(request)


async def tell_limits(request: web.Request, response: web.StreamResponse) -> None:
    """Say in every answer what is left of the key's requests."""
    if allowance := request.get(_ALLOWANCE):
        response.headers.update(allowance.headers)


def _key(request: web.Request) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            401,
            "You didn't provide an API key. Send it as: Authorization: Bearer YOUR_KEY",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return key


def _duration(seconds: float) -> str:
    """`120ms`, `8.64s`, `6m0s`: as OpenAI writes durations."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 2), _MINUTE)
    return (f"{int(minutes)}m" if minutes else "") + f"{rest:.2f}".rstrip("0").rstrip(".") + "s"
