"""Webhooks of a provider: believed only where they are signed, and only as a reason to look."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from tests.jobs.conftest import Bench
from tests.support.bot import keys_of
from tests.support.queues import running
from tests.support.waiting import PATIENCE
from tunesmith.bot import webhooks
from tunesmith.bot.settings import ProviderSettings
from tunesmith.storage.jobs import Job

pytestmark = pytest.mark.databases("sqlite")

JOBS = "/fine_tuning/jobs"
KEY = b"a key of a webhook, 32 bytes long"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def _event(job_id: str, kind: str = "fine_tuning.job.succeeded") -> bytes:
    return json.dumps({"id": "evt_1", "type": kind, "data": {"id": job_id}}).encode()


def _headers(
    body: bytes, name: str = "wh_1", at: float | None = None, key: bytes = KEY
) -> dict[str, str]:
    """What a provider signs (github.com/standard-webhooks/standard-webhooks/blob/main/spec)."""
    stamp = str(int(time.time() if at is None else at))
    signed = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


@dataclass
class Receiver:
    """Where webhooks go."""

    url: str
    session: aiohttp.ClientSession

    async def send(self, body: bytes, headers: dict[str, str]) -> int:
        """Post it; the status of the answer."""
        async with self.session.post(self.url, data=body, headers=headers) as response:
            return response.status


@asynccontextmanager
async def _receiver(bench: Bench) -> AsyncGenerator[Receiver]:
    access = ProviderSettings(api_key=SecretStr("k"), webhook_secret=SecretStr(SECRET))
    settings = bench.services.settings.model_copy(update={"providers": {"local": access}})
    app = web.Application()
    app.add_routes(webhooks.routes(replace(bench.services, settings=settings)))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/local"
    async with aiohttp.ClientSession() as session:
        yield Receiver(url, session)
    await runner.cleanup()


async def _looks(bench: Bench) -> list[str]:
    return await keys_of(bench.services.database, "look")


async def _ended(bench: Bench, job_id: str) -> Job:
    async with asyncio.timeout(PATIENCE):
        while not (job := await bench.job(job_id)).finished_at:
            await asyncio.sleep(0.02)
    return job


async def test_a_webhook_has_its_job_looked_at_at_once(bench: Bench) -> None:
    job_id = await bench.running("ftjob-a")
    # It says that the job has failed: what counts is what the provider says.
    body = _event("ftjob-a", "fine_tuning.job.failed")
    bench.provider.jobs["ftjob-a"] |= {"status": "succeeded", "fine_tuned_model": "ft:m"}
    async with _receiver(bench) as receiver:
        assert await receiver.send(body, _headers(body)) == 200
    async with running(bench.services.queue):
        assert (await _ended(bench, job_id)).status == "succeeded"
    assert bench.provider.count(f"GET {JOBS}") == 0
    assert bench.provider.count(f"GET {JOBS}/ftjob-a") == 1


async def test_a_webhook_that_is_sent_again_is_one_look(bench: Bench) -> None:
    body = _event("ftjob-a")
    async with _receiver(bench) as receiver:
        for _ in range(3):
            assert await receiver.send(body, _headers(body)) == 200
        assert await receiver.send(body, _headers(body, "wh_2")) == 200
    assert await _looks(bench) == ["look:local:wh_1", "look:local:wh_2"]


@pytest.mark.parametrize(
    "fault", ["forged", "other body", "unsigned", "odd", "late", "early", "no time"]
)
async def test_a_webhook_without_a_signature_that_holds_does_nothing(
    bench: Bench, fault: str
) -> None:
    body = _event("ftjob-a")
    headers = {
        "forged": _headers(body, key=b"another key"),
        "other body": _headers(_event("ftjob-b")),
        "unsigned": {},
        "odd": {**_headers(body), "webhook-signature": "v1,é"},
        "late": _headers(body, at=time.time() - 400),
        "early": _headers(body, at=time.time() + 400),
        "no time": {**_headers(body), "webhook-timestamp": "soon"},
    }[fault]
    async with _receiver(bench) as receiver:
        assert await receiver.send(body, headers) == 401
    assert await _looks(bench) == []


async def test_a_flood_without_signatures_is_one_line_of_the_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    async with _receiver(bench) as receiver:
        assert {await receiver.send(b"{}", {}) for _ in range(50)} == {401}
    told = [record.message for record in caplog.records if record.name.startswith("tunesmith")]
    assert told == ["1 requests without a valid signature were refused"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"{", 400),
        (b'{"type": "fine_tuning.job.failed", "data": {"id": 7}}', 400),
        (b'{"type": "fine_tuning.job.failed", "data": {"id": "a\\u0000"}}', 400),
        (b'{"type": "batch.completed", "data": {"id": "batch_1"}}', 200),
        (b'{"type": "x", "data": {"id": "' + b"y" * 70_000 + b'"}}', 413),
    ],
    ids=["list", "half", "no id", "odd id", "of something else", "huge"],
)
async def test_a_webhook_that_tells_of_no_job_does_nothing(
    bench: Bench, body: bytes, status: int
) -> None:
    async with _receiver(bench) as receiver:
        assert await receiver.send(body, _headers(body)) == status
    assert await _looks(bench) == []


@pytest.mark.parametrize("name", ["", "w" * 300])
async def test_a_webhook_without_an_id_that_it_can_be_known_by_does_nothing(
    bench: Bench, name: str
) -> None:
    body = _event("ftjob-a")
    async with _receiver(bench) as receiver:
        assert await receiver.send(body, _headers(body, name)) == 400
    assert await _looks(bench) == []


async def test_a_webhook_of_a_job_that_is_not_ours_asks_the_provider_nothing(bench: Bench) -> None:
    body = _event("ftjob-of-others")
    async with _receiver(bench) as receiver:
        assert await receiver.send(body, _headers(body)) == 200
    mark = await bench.running("ftjob-a")
    bench.provider.jobs["ftjob-a"]["status"] = "succeeded"
    await bench.arm("look", "a", provider="local", provider_job_id="ftjob-a")
    async with running(bench.services.queue):
        await _ended(bench, mark)
    assert bench.provider.count(f"GET {JOBS}/ftjob-of-others") == 0


async def test_a_webhook_and_the_watch_at_once_tell_a_jobs_end_once(bench: Bench) -> None:
    told: list[str] = []

    async def tell(_: object, job: Job) -> None:
        told.append(job.id)

    bench.services.job_events.ended.subscribe(tell)
    names = [f"ftjob-{number}" for number in range(10)]
    ours = [await bench.running(name) for name in names]
    for row in bench.provider.jobs.values():
        row |= {"status": "succeeded", "trained_tokens": 100}
    async with _receiver(bench) as receiver:
        for name in names:
            body = _event(name)
            assert await receiver.send(body, _headers(body, f"wh_{name}")) == 200
    await bench.arm("watch", "local", provider="local")
    async with running(bench.services.queue):
        for job_id in ours:
            assert (await _ended(bench, job_id)).trained_tokens == 100
    assert sorted(told) == sorted(ours)
