"""Brings events to the app and repeats what was not acknowledged, also after a restart."""

import asyncio
import time

from tunesmith.local.workspace import events
from tunesmith.local.workspace.manifest import Manifest
from tunesmith.local.workspace.records import Delivery, Json
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.state import State
from tunesmith.local.workspace.tasks import Tasks
from tunesmith.local.workspace.transport import Reply, Retry, Transport

_KEPT_SECONDS = 3600.0  # how long a finished delivery stays listed


class Deliveries:
    """One delivery an event: sent at once, then after each of the retry delays until acknowledged
    (https://docs.slack.dev/apis/events-api/#retries).
    """

    def __init__(
        self,
        state: State,
        manifest: Manifest,
        transport: Transport,
        settings: Settings,
        tasks: Tasks,
    ) -> None:
        self._state = state
        self._manifest = manifest
        self._transport = transport
        self._delays = settings.retry_delays
        self._tasks = tasks

    def start(self) -> None:
        """Go on with what was under way when the workspace stopped."""
        for delivery in self._state.deliveries:
            if delivery.due is not None:
                self._tasks.start(self._deliver(delivery))

    def emit(self, event: Json) -> None:
        """Deliver an event, if the app subscribes to it. Durable with the caller's transaction."""
        if not events.wants(self._manifest, event):
            return
        event_id = self._state.new_id("Ev")
        now = time.time()
        channel = self._state.channels.get(events.channel_of(event))
        is_ext_shared = channel is not None and bool(channel.connected_teams)
        delivery = Delivery(
            event_id=event_id,
            type=events.subscription(event),
            body=events.envelope(event, event_id, int(now), is_ext_shared=is_ext_shared),
            created=now,
            due=now,
        )
        self._state.deliveries.forget_while(
            lambda old: old.due is None and old.created < now - _KEPT_SECONDS
        )
        self._state.deliveries.save(event_id, delivery)
        self._tasks.start(self._deliver(delivery))

    async def repeat(self, delivery: Delivery) -> Reply:
        """Deliver once more, whether or not it was acknowledged, as a retry of Slack's would."""
        reply = await self._attempt(delivery)
        if self._is_current(delivery):
            self._state.deliveries.save(delivery.event_id, delivery)
        return reply

    async def _deliver(self, delivery: Delivery) -> None:
        while delivery.due is not None:
            await asyncio.sleep(delivery.due - time.time())
            if not self._is_current(delivery):
                return
            reply = await self._attempt(delivery)
            if not self._is_current(delivery):
                return
            delivery.due = self._next_attempt(delivery, reply)
            self._state.deliveries.save(delivery.event_id, delivery)

    async def _attempt(self, delivery: Delivery) -> Reply:
        reason = delivery.retry_reason or ("timeout" if delivery.attempts else "")
        retry = Retry(delivery.attempts, reason)
        delivery.attempts += 1
        reply = await self._transport.send("events_api", delivery.body, retry)
        delivery.retry_reason = reply.reason or delivery.retry_reason
        delivery.acked = delivery.acked or reply.acked
        return reply

    def _is_current(self, delivery: Delivery) -> bool:
        """Whether the workspace still knows this delivery: a reset forgets them all."""
        return self._state.deliveries.get(delivery.event_id) is delivery

    def _next_attempt(self, delivery: Delivery, reply: Reply) -> float | None:
        if delivery.acked or reply.no_retry or delivery.attempts > len(self._delays):
            return None
        return time.time() + self._delays[delivery.attempts - 1]
