"""A create that is sent again with its Idempotency-Key is not done again."""

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.trainer_api import BASE
from tests.trainer_api.client import Trainer, dataset
from tests.trainer_api.conftest import StartTrainer
from tests.trainer_api.test_trainer_teams import client, manage

ONCE = {"Idempotency-Key": "once"}


async def create_file(trainer: Trainer, content: bytes = b"{}", name: str = "a.jsonl") -> Any:
    return await trainer.client.files.create(
        file=(name, content), purpose="fine-tune", extra_headers=ONCE
    )


async def create_upload(trainer: Trainer, size: int = 5) -> Any:
    return await trainer.client.uploads.create(
        filename="x", purpose="fine-tune", bytes=size, mime_type="x", extra_headers=ONCE
    )


async def create_job(trainer: Trainer, file_id: str, **options: Any) -> Any:
    return await trainer.client.fine_tuning.jobs.create(
        model=BASE, training_file=file_id, extra_headers=ONCE, **options
    )


async def test_what_is_created_again_with_its_key_is_the_same_also_after_a_restart(
    start_trainer: StartTrainer,
):
    async with start_trainer() as trainer:
        file_id = await trainer.upload(dataset())
        first = [
            await create_file(trainer),
            await create_upload(trainer),
            await create_job(trainer, file_id),
        ]
        await trainer.wait(first[2].id)
    async with start_trainer() as trainer:
        again = [
            await create_file(trainer),
            await create_upload(trainer),
            await create_job(trainer, file_id),
        ]
        assert again == first
        assert len((await trainer.client.files.list(purpose="fine-tune")).data) == 2
        assert len((await trainer.client.fine_tuning.jobs.list()).data) == 1


async def test_a_key_with_another_request_is_refused(trainer: Trainer):
    file_id = await trainer.upload(dataset())
    await create_file(trainer)
    await create_upload(trainer)
    await create_job(trainer, file_id)
    others = [
        create_file(trainer, content=b"{ }"),
        create_file(trainer, name="b.jsonl"),
        create_upload(trainer, 6),
        create_job(trainer, file_id, seed=1),
    ]
    for other in others:
        with pytest.raises(openai.UnprocessableEntityError) as caught:
            await other
        assert caught.value.code == "idempotency_key_reused"
    assert len((await trainer.client.files.list()).data) == 2


async def test_of_many_at_once_with_one_key_one_creates(trainer: Trainer):
    file_id = await trainer.upload(dataset())
    jobs = await asyncio.gather(*(create_job(trainer, file_id) for _ in range(8)))
    files = await asyncio.gather(*(create_file(trainer) for _ in range(8)))
    assert len({job.id for job in jobs}) == len({file.id for file in files}) == 1
    assert len((await trainer.client.fine_tuning.jobs.list()).data) == 1
    assert len((await trainer.client.files.list(purpose="fine-tune")).data) == 2


async def test_a_refusal_is_not_kept(trainer: Trainer):
    with pytest.raises(openai.BadRequestError):
        await create_job(trainer, "file-none")
    await create_job(trainer, await trainer.upload(dataset()))


async def test_a_key_is_a_teams_own(trainer: Trainer, tmp_path: Path):
    ours = await create_file(trainer)
    async with client(trainer, manage(tmp_path / "data", "add", "search")) as other:
        theirs = await other.files.create(
            file=("a.jsonl", b"{}"), purpose="fine-tune", extra_headers=ONCE
        )
    assert theirs.id != ours.id


async def test_a_repeated_answer_says_so_and_a_key_has_a_length(trainer: Trainer):
    upload = {"filename": "x", "purpose": "fine-tune", "bytes": 5, "mime_type": "x"}
    for replayed in (None, "true"):
        status, _body, headers = await trainer.raw(
            "POST", "/v1/uploads", json=upload, extra_headers=ONCE
        )
        assert (status, headers.get("Idempotent-Replayed")) == (200, replayed)
    for key in ("", "x" * 256):
        status, _body, _headers = await trainer.raw(
            "POST", "/v1/uploads", json=upload, extra_headers={"Idempotency-Key": key}
        )
        assert status == 400
