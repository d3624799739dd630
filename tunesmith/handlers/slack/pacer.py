"""Slack's rate limits, kept by all replicas together.

Limits are calls a minute for a method in a workspace; `chat.postMessage` has about one a second in
each channel and "several hundred" a minute in the workspace
(https://docs.slack.dev/apis/web-api/rate-limits, read 2026-11-21). Which method is in which tier:
Slack's java-slack-sdk, MethodsRateLimits.java, read 2026-11-21; of `chat.stopStream`, Slack's page
on it (https://api.slack.com/methods/chat.stopStream, read 2026-11-22). Slack tolerates bursts and
does not say how long: here they are half a minute's calls, or three messages.

Not paced: methods that answer what somebody has just clicked or typed (`views.*`,
`chat.postEphemeral`, and `users.info` for the language), which Slack wants within three seconds,
and those whose limits Slack does not publish (`chat.getPermalink`).
"""

import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.messages import say
from tunesmith.bot.queue import Wait
from tunesmith.storage import pace
from tunesmith.storage.pace import Limit

_PER_MINUTE = {2: 20, 3: 50, 4: 100}
_TIERS = {
    "chat.appendStream": 4,
    "chat.delete": 3,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "users.conversations": 3,
}
_BY_CHANNEL = "chat.postMessage"


class Pacer:
    """Takes turns for the calls of one workspace, which the token names.

    Calls in the background use no burst: they go only where nobody else has been ahead of the even
    pace, so that they delay other calls by one turn at most. After Slack asked to wait, nobody has
    a burst for a while: they go then as soon as a turn is free.
    """

    def __init__(self, token: str) -> None:
        self._workspace = hashlib.sha256(token.encode()).hexdigest()[:12]

    def paces(self, method: str) -> bool:
        """Whether calls of the method take turns."""
        return method == _BY_CHANNEL or method in _TIERS

    async def take(
        self,
        connection: AsyncConnection,
        method: str,
        channel: str,
        *,
        most_wait: float,
        background: bool = False,
    ) -> float:
        """Take the turn of a call; returns the seconds to wait for it.

        Raises Wait where these are more than `most_wait`: what was taken must be rolled back then.
        """
        waits = [0.0]
        for limit in self._limits(method, channel):
            tolerance, most = limit.tolerance, most_wait
            if background:
                tolerance = await self._background_tolerance(connection, limit)
                most = 0 if tolerance else most_wait
            wait = await pace.take(
                connection,
                limit.scope,
                interval=limit.interval,
                tolerance=tolerance,
                most_wait=most,
            )
            if wait is None:
                after = await pace.wait(connection, limit.scope, tolerance=tolerance)
                raise Wait(say("common.slack_asks_to_wait"), after)
            waits.append(wait)
        return max(waits)

    async def book(
        self,
        connection: AsyncConnection,
        method: str,
        channel: str,
        holder: str,
        *,
        most_wait: float,
    ) -> float:
        """The seconds until the turn of the holder's call, as `pace.book` gives it."""
        return await pace.book(
            connection, self._limits(method, channel), holder, most_wait=most_wait
        )

    async def background_wait(self, connection: AsyncConnection, method: str) -> float:
        """The seconds until a call in the background may go."""
        waits = [0.0]
        for limit in self._limits(method, ""):
            tolerance = await self._background_tolerance(connection, limit)
            waits.append(await pace.wait(connection, limit.scope, tolerance=tolerance))
        return max(waits)

    async def hold(
        self, connection: AsyncConnection, method: str, channel: str, seconds: float
    ) -> None:
        """Slack asks everybody to wait: of `chat.postMessage`, everybody in the channel."""
        for limit in self._limits(method, channel)[:1]:
            for scope in (limit.scope, limit.held):
                await pace.hold(connection, scope, seconds, tolerance=limit.tolerance)

    async def _background_tolerance(self, connection: AsyncConnection, limit: Limit) -> float:
        """How far ahead of the even pace a call in the background may go, in seconds."""
        is_held = await pace.wait(connection, limit.held, tolerance=0) > 0
        return limit.tolerance if is_held else 0.0

    def _limits(self, method: str, channel: str) -> list[Limit]:
        """The narrowest first: two calls that lock the same rows lock them in the same order."""
        scope = f"{self._workspace}:{method}"
        if method == _BY_CHANNEL:
            return [Limit(f"{scope}:{channel}", 1, 3), Limit(scope, 60 / 300, 150)]
        if method in _TIERS:
            calls = _PER_MINUTE[_TIERS[method]]
            return [Limit(scope, 60 / calls, calls / 2)]
        return []
