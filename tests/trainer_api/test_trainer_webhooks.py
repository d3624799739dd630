"""Webhooks: the official client verifies them, and none is lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest
from aiohttp import web
from openai import AsyncOpenAI, InvalidWebhookSignatureError

from tests.trainer_api.client import Trainer, dataset, until
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer import webhooks

ALL: Any = ["fine_tuning.job.succeeded", "fine_tuning.job.failed", "fine_tuning.job.cancelled"]


@dataclass
class Receiver:
    """What came: headers and bodies. The next requests are answered with `statuses`, then 200."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )
    statuses: list[int] = field(default_factory=list[int])

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": self.url})

    async def until_came(self, number: int) -> None:
        async def enough() -> bool:
            return len(self.came) >= number

        await until(enough)


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setattr(webhooks, "FIRST_SECONDS", 0.01)
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def listen(trainer: Trainer, receiver: Receiver) -> str:
    """Name the receiver's address; gives its secret."""
    made = await trainer.client.webhooks.create(name="bot", url=receiver.url, event_types=ALL)
    return made.signing_secret


async def test_each_end_of_a_job_is_told_once_and_the_official_client_verifies_it(
    trainer: Trainer, receiver: Receiver
):
    secret = await listen(trainer, receiver)
    failed = await trainer.train(b"{}")
    await receiver.until_came(1)
    cancelled = await trainer.start(dataset(step_seconds=0.05, epochs=50))
    await trainer.client.fine_tuning.jobs.cancel(cancelled.id)
    await receiver.until_came(2)
    succeeded = await trainer.train()
    await receiver.until_came(3)
    client: AsyncOpenAI = trainer.client
    told: list[Any] = [
        client.webhooks.unwrap(body, headers, secret=secret) for headers, body in receiver.came
    ]
    assert [(event.type, event.data.id) for event in told] == [
        ("fine_tuning.job.failed", failed.id),
        ("fine_tuning.job.cancelled", cancelled.id),
        ("fine_tuning.job.succeeded", succeeded.id),
    ]
    headers, body = receiver.came[0]
    with pytest.raises(InvalidWebhookSignatureError):
        client.webhooks.unwrap(body.replace(b"failed", b"passed"), headers, secret=secret)
    with pytest.raises(InvalidWebhookSignatureError):
        client.webhooks.unwrap(body, headers, secret=webhooks.new_secret())


async def test_what_is_not_taken_is_sent_again_with_its_id_also_by_the_next_server(
    start_trainer: StartTrainer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    receiver.statuses = [500, 302, 503]
    async with start_trainer() as trainer:
        await listen(trainer, receiver)
        await trainer.train(b"{}")
        await receiver.until_came(2)
        monkeypatch.setattr(webhooks, "FIRST_SECONDS", 0.5)
        await receiver.until_came(3)
    assert len(receiver.came) == 3
    async with start_trainer() as trainer:
        await receiver.until_came(4)
    assert len({headers["webhook-id"] for headers, _body in receiver.came}) == 1
    assert len({body for _headers, body in receiver.came}) == 1


async def test_addresses_are_listed_and_taken_back(trainer: Trainer, receiver: Receiver):
    secret = await listen(trainer, receiver)
    [listed] = (await trainer.client.webhooks.list()).data
    assert listed == await trainer.client.webhooks.retrieve(listed.id)
    assert secret not in listed.model_dump_json()
    assert (listed.signing_secret_hint or "")[-4:] == secret[-4:]
    assert (await trainer.client.webhooks.delete(listed.id)).deleted
    with pytest.raises(openai.NotFoundError):
        await trainer.client.webhooks.retrieve(listed.id)
    await trainer.train(b"{}")
    assert receiver.came == []


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://127.0.0.1/", "https://", "x", "//x"])
async def test_an_address_that_others_could_read_on_the_way_is_refused(trainer: Trainer, url: str):
    with pytest.raises(openai.BadRequestError, match="https"):
        await trainer.client.webhooks.create(name="bot", url=url, event_types=ALL)


async def test_an_address_is_changed_and_tried_out(trainer: Trainer, receiver: Receiver):
    secret, hooks = await listen(trainer, receiver), trainer.client.webhooks
    [listed] = (await hooks.list()).data
    assert (await hooks.update(listed.id, name="bot")) == listed
    changed = await hooks.update(listed.id, name="other", event_types=ALL[:1])
    assert (changed.name, changed.url, changed.event_types) == ("other", receiver.url, ALL[:1])
    with pytest.raises(openai.BadRequestError, match="https"):
        await hooks.update(listed.id, url="http://example.com/")
    receiver.statuses = [418]
    tried = await hooks.test(listed.id, event_type=ALL[2])
    assert (tried.status_code, tried.success, tried.event_type) == (418, True, ALL[2])
    [(headers, body)] = receiver.came
    assert hooks.unwrap(body, headers, secret=secret).type == ALL[2]
    await hooks.update(listed.id, url="http://127.0.0.1:1/")
    with pytest.raises(openai.BadRequestError, match="did not answer"):
        await hooks.test(listed.id, event_type=ALL[0])
    assert (await hooks.event_types.list()).data == ALL


async def test_a_new_secret_signs_alone_or_beside_the_old_one_for_a_day(
    trainer: Trainer, receiver: Receiver
):
    first, hooks = await listen(trainer, receiver), trainer.client.webhooks
    [listed] = (await hooks.list()).data
    kept = await hooks.rotate_secret(listed.id, keep_old_secret_active_for_24_hours=True)
    second = kept.signing_secret
    await hooks.test(listed.id, event_type=ALL[0])
    third = (await hooks.rotate_secret(listed.id)).signing_secret
    await hooks.test(listed.id, event_type=ALL[0])
    (headers, body), (headers_after, body_after) = receiver.came
    for secret in (first, second):
        hooks.unwrap(body, headers, secret=secret)
    hooks.unwrap(body_after, headers_after, secret=third)
    with pytest.raises(InvalidWebhookSignatureError):
        hooks.unwrap(body_after, headers_after, secret=second)
