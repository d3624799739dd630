"""Slack's rate limits: a bucket of calls for each method, and for each channel that is posted in.

Tiers are calls a minute for a method in a workspace; `chat.postMessage` has one a second in each
channel (https://docs.slack.dev/apis/web-api/rate-limits). Which method is in which tier: Slack's
java-slack-sdk, MethodsRateLimits.java, read 2026-11-21; those left out have special tiers without
numbers. Slack tolerates bursts and does not say how long: here a minute's calls, or five messages.
"""

import math
import time
from collections.abc import Callable

_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
_TIERS = {
    "apps.connections.open": 1,
    "assistant.threads.setSuggestedPrompts": 4,
    "bots.info": 3,
    "chat.appendStream": 4,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "files.list": 3,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.users.list": 2,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
_BY_CHANNEL = "chat.postMessage"
_MESSAGE_BURST = 5
_MESSAGES_PER_SECOND = 1.0


class RateLimits:
    """Counts calls while switched on."""

    def __init__(self, *, on: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.switch(on=on)

    def switch(self, *, on: bool) -> None:
        """Switch on or off, with full buckets."""
        self._on = on
        # What is left in a bucket, and when (seconds of the clock) that was so.
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, method: str, channel: str) -> int | None:
        """Count a call; the whole seconds after which to try again where it is one too many."""
        if not self._on:
            return None
        if method == _BY_CHANNEL:
            return self._take((method, channel), _MESSAGE_BURST, _MESSAGES_PER_SECOND)
        if method in _TIERS:
            calls = _PER_MINUTE[_TIERS[method]]
            return self._take((method, ""), calls, calls / 60)
        return None

    def _take(self, bucket: tuple[str, str], burst: int, per_second: float) -> int | None:
        now = self._clock()
        left, at = self._left.get(bucket, (float(burst), now))
        left = min(burst, left + (now - at) * per_second)
        if left < 1:
            self._left[bucket] = (left, now)
            return math.ceil((1 - left) / per_second)
        self._left[bucket] = (left - 1, now)
        return None
