"""Webhooks: how a job ended is told to the addresses that its team named.

As OpenAI sends them (developers.openai.com/api/docs/guides/webhooks): signed as Standard Webhooks
(standardwebhooks.com) describe, and sent again for 72 hours until they are taken with a 2xx. A
delivery is noted in the transaction in which its job ends, and so outlives the server.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
import time

import aiohttp
import orjson

from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.store import Delivery, Store, StoredJob, StoredWebhook, Where

_logger = logging.getLogger(__name__)
FIRST_SECONDS = 5.0
_LONGEST_SECONDS = 3600.0
_GIVE_UP_SECONDS = 72 * 3600.0
_ANSWER_SECONDS = 10.0
_AT_ONCE = 20
_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret to sign with."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def event_of(kind: str, job_id: str, now: int) -> str:
    """The body that tells how a job ended."""
    event = {
        "id": new_id("evt_"),
        "object": "event",
        "created_at": now,
        "type": kind,
        "data": {"id": job_id},
    }
    return orjson.dumps(event).decode()


def signature(secret: str, webhook_id: str, timestamp: int, body: str) -> str:
    """One of the signatures in the header `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    said = f"{webhook_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()


class Webhooks:
    """Sends what is due. To be made inside of the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def announce(self, job: StoredJob) -> None:
        """The job has ended. Inside of `Store.run`."""
        kind, now = f"fine_tuning.job.{job.status}", int(time.time())
        body = event_of(kind, job.id, now)
        for webhook in self._store.webhooks.all(parent=job.team):
            if kind in webhook.event_types:
                delivery = Delivery(
                    id=new_id("wh_"),
                    webhook=webhook.id,
                    body=body,
                    created_at=now,
                    due_at=now,
                )
                self._store.deliveries.add(delivery, webhook.id)
        self._loop.call_soon_threadsafe(self._wake.set)

    def start(self) -> None:
        """Begin with what an earlier server has left."""
        self._task = asyncio.create_task(self._send_forever())

    async def stop(self) -> None:
        """What is not sent goes on with the next server."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _send_forever(self) -> None:
        async with new_session() as session:
            while True:
                self._wake.clear()
                try:
                    due = await self._store.run(self._due)
                    await asyncio.gather(*(self._send(session, one) for one in due))
                    seconds = await self._store.run(self._seconds_to_next)
                except Exception:
                    _logger.exception("Webhooks could not be sent; they are tried again")
                    seconds = FIRST_SECONDS
                try:
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    def _due(self) -> list[tuple[Delivery, StoredWebhook]]:
        # A delivery that is due later than any can be is so because the clock was set back.
        now, due_at = time.time(), "json_extract(body, '$.due_at')"
        due = Where(f"{due_at} <= ? OR {due_at} > ?", (now, now + _LONGEST_SECONDS))
        found = self._store.deliveries.all(due)[:_AT_ONCE]
        webhooks = {one.webhook: self._store.webhooks.get(one.webhook) for one in found}
        return [(one, webhook) for one in found if (webhook := webhooks[one.webhook])]

    def _seconds_to_next(self) -> float | None:
        due = [one.due_at for one in self._store.deliveries.all()]
        return min(max(0.0, min(due) - time.time()), _LONGEST_SECONDS) if due else None

    async def _send(
        self, session: aiohttp.ClientSession, due: tuple[Delivery, StoredWebhook]
    ) -> None:
        delivery, webhook = due
        status = await send(session, webhook, delivery.id, delivery.body)
        taken = status is not None and 200 <= status < 300
        await self._store.run(lambda: self._note(delivery, taken=taken))

    def _note(self, delivery: Delivery, *, taken: bool) -> None:
        now = time.time()
        seconds = min(FIRST_SECONDS * 2**delivery.tries, _LONGEST_SECONDS)
        if taken or now + seconds > delivery.created_at + _GIVE_UP_SECONDS:
            self._store.deliveries.remove(delivery.id)
            return
        update = {"tries": delivery.tries + 1, "due_at": now + seconds}
        self._store.deliveries.put(delivery.model_copy(update=update))


def new_session() -> aiohttp.ClientSession:
    """A session for requests to addresses, which answer soon or not at all."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))


async def send(
    session: aiohttp.ClientSession, webhook: StoredWebhook, webhook_id: str, body: str
) -> int | None:
    """Tell an address something; the status of its answer, None where there was none."""
    now = int(time.time())
    secrets_now = [webhook.secret]
    if webhook.old_secret and now < webhook.old_secret_until:
        secrets_now.append(webhook.old_secret)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(now),
        "webhook-signature": " ".join(
            signature(secret, webhook_id, now, body) for secret in secrets_now
        ),
    }
    try:
        async with session.post(
            webhook.url, data=body.encode(), headers=headers, allow_redirects=False
        ) as response:
            return response.status
    except (aiohttp.ClientError, OSError, ValueError):  # ValueError: no address after all.
        return None
