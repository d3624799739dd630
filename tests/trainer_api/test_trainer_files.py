"""Files and uploads, through the official client."""

import hashlib
import io
import os
from pathlib import Path

import aiohttp
import openai
import psutil
import pytest

from tests.trainer_api.client import Trainer, dataset, until
from tunesmith.local.trainer.api import files, uploads

MB = 1024 * 1024


async def test_a_file_comes_back_as_it_went(trainer: Trainer):
    content = os.urandom(3 * MB)
    file = await trainer.client.files.create(file=("데이터.jsonl", content), purpose="fine-tune")
    assert (file.object, file.bytes, file.filename) == ("file", len(content), "데이터.jsonl")
    assert (file.purpose, file.status, file.expires_at) == ("fine-tune", "processed", None)
    assert await trainer.client.files.retrieve(file.id) == file
    assert (await trainer.client.files.content(file.id)).content == content
    assert (await trainer.client.files.wait_for_processing(file.id)).id == file.id


async def test_files_page_in_both_orders_and_by_purpose(trainer: Trainer):
    made = [await trainer.upload(b"x", f"{i}.jsonl") for i in range(5)]
    other = await trainer.client.files.create(file=("x", b"x"), purpose="user_data")
    listing = trainer.client.files
    page = await listing.list(limit=2)
    assert page.has_more
    assert [file.id async for file in page] == [other.id, *reversed(made)]
    ascending = await listing.list(order="asc", limit=3, purpose="fine-tune")
    assert [file.id async for file in ascending] == made
    assert [file.id async for file in await listing.list(purpose="batch")] == []
    _status, body, _headers = await trainer.raw("GET", "/v1/files?limit=2&order=asc")
    assert (body["object"], body["first_id"], body["last_id"]) == ("list", made[0], made[1])


async def test_a_deleted_file_is_gone(trainer: Trainer):
    file_id = await trainer.upload(b"x")
    deleted = await trainer.client.files.delete(file_id)
    assert (deleted.id, deleted.object, deleted.deleted) == (file_id, "file", True)
    for call in (
        trainer.client.files.retrieve,
        trainer.client.files.content,
        trainer.client.files.delete,
    ):
        with pytest.raises(openai.NotFoundError, match=f"No such File object: {file_id}"):
            await call(file_id)
    assert (await trainer.client.files.list()).data == []


async def test_an_expired_file_is_gone(trainer: Trainer, monkeypatch: pytest.MonkeyPatch):
    file = await trainer.client.files.create(
        file=("x.jsonl", b"x"),
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert file.expires_at == file.created_at + 3600
    assert len((await trainer.client.files.list()).data) == 1
    monkeypatch.setattr(files.time, "time", lambda: file.created_at + 3601)
    assert (await trainer.client.files.list()).data == []
    with pytest.raises(openai.NotFoundError):
        await trainer.client.files.retrieve(file.id)


async def test_an_empty_file_is_refused(trainer: Trainer):
    with pytest.raises(openai.BadRequestError, match="File is empty"):
        await trainer.upload(b"")


@pytest.mark.parametrize("seconds", [3599, 2_592_001])
async def test_expiry_has_its_limits(trainer: Trainer, seconds: int):
    with pytest.raises(openai.BadRequestError, match="seconds"):
        await trainer.client.files.create(
            file=("x.jsonl", b"x"),
            purpose="fine-tune",
            expires_after={"anchor": "created_at", "seconds": seconds},
        )


async def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 2 * MB)
    with pytest.raises(openai.APIStatusError) as caught:
        await trainer.upload(bytes(3 * MB))
    assert caught.value.status_code == 413
    assert caught.value.code == "file_too_large"
    assert list((tmp_path / "data/arriving").iterdir()) == []
    assert (await trainer.client.files.list()).data == []


async def test_a_large_file_is_streamed_to_disk_in_bounded_memory(trainer: Trainer):
    size = 200 * MB

    async def body():
        for _ in range(size // MB):
            yield bytes(MB)

    form = aiohttp.FormData()
    form.add_field("purpose", "user_data")
    form.add_field("file", body(), filename="large.bin", content_type="application/octet-stream")
    before = psutil.Process().memory_info().rss
    status, file, _headers = await trainer.raw("POST", "/v1/files", data=form)
    assert (status, file["bytes"]) == (200, size)
    assert psutil.Process().memory_info().rss - before < 50 * MB


async def test_a_client_that_goes_away_leaves_nothing_behind(trainer: Trainer, tmp_path: Path):
    async def body():
        yield bytes(MB)
        raise ConnectionError

    form = aiohttp.FormData()
    form.add_field("purpose", "user_data")
    form.add_field("file", body(), filename="half.bin")
    with pytest.raises(aiohttp.ClientError):
        await trainer.raw("POST", "/v1/files", data=form)
    await trainer.upload(b"x")

    async def gone() -> bool:
        return not list((tmp_path / "data/arriving").iterdir())

    await until(gone)  # the server notices by itself that nothing more comes
    assert len(list((tmp_path / "data/files").iterdir())) == 1


async def test_an_upload_in_parts_becomes_a_file_that_trains(trainer: Trainer):
    content = dataset()
    client = trainer.client.uploads
    upload = await client.create(
        bytes=len(content), filename="t.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    assert (upload.object, upload.status, upload.file) == ("upload", "pending", None)
    # Sent in another order than they belong in.
    second = await client.parts.create(upload.id, data=content[100:])
    first = await client.parts.create(upload.id, data=content[:100])
    assert first.upload_id == upload.id
    done = await client.complete(
        upload.id, part_ids=[first.id, second.id], md5=hashlib.md5(content).hexdigest()
    )
    assert done.status == "completed"
    assert done.file
    assert (await trainer.client.files.content(done.file.id)).content == content
    job = await trainer.client.fine_tuning.jobs.create(
        model="tiny-1m-scratch", training_file=done.file.id
    )
    assert (await trainer.wait(job.id)).status == "succeeded"
    with pytest.raises(openai.BadRequestError, match="is completed"):
        await client.complete(upload.id, part_ids=[first.id])


async def test_the_official_chunked_upload_works(trainer: Trainer):
    content = dataset(1000)
    done = await trainer.client.uploads.upload_file_chunked(
        file=content,
        filename="t.jsonl",
        bytes=len(content),
        mime_type="text/jsonl",
        purpose="fine-tune",
        part_size=10_000,
    )
    assert done.file
    assert done.file.bytes == len(content)


async def test_a_cancelled_upload_takes_nothing_more(trainer: Trainer, tmp_path: Path):
    client = trainer.client.uploads
    upload = await client.create(
        bytes=4, filename="t.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    part = await client.parts.create(upload.id, data=b"abcd")
    assert (await client.cancel(upload.id)).status == "cancelled"
    assert list((tmp_path / "data/parts").iterdir()) == []
    with pytest.raises(openai.BadRequestError, match="is cancelled"):
        await client.parts.create(upload.id, data=b"abcd")
    with pytest.raises(openai.BadRequestError, match="is cancelled"):
        await client.complete(upload.id, part_ids=[part.id])


async def test_an_upload_runs_out(trainer: Trainer, monkeypatch: pytest.MonkeyPatch):
    client = trainer.client.uploads
    upload = await client.create(
        bytes=4, filename="t.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    monkeypatch.setattr(uploads.time, "time", lambda: upload.expires_at + 1)
    with pytest.raises(openai.BadRequestError, match="is expired"):
        await client.parts.create(upload.id, data=b"abcd")


@pytest.mark.parametrize(
    ("announced", "parts", "md5", "problem"),
    [
        (5, 1, None, "4 bytes together, but 5 were announced"),
        (4, 2, None, "8 bytes together, but 4 were announced"),
        (4, 1, "0" * 32, "do not have this checksum"),
        (4, 0, None, "No such part: part_none"),
    ],
)
async def test_parts_that_do_not_fit_are_refused(
    trainer: Trainer, announced: int, parts: int, md5: str | None, problem: str
):
    client = trainer.client.uploads
    upload = await client.create(
        bytes=announced, filename="t.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    part = await client.parts.create(upload.id, data=b"abcd")
    with pytest.raises(openai.BadRequestError, match=problem):
        await client.complete(
            upload.id, part_ids=[part.id] * parts or ["part_none"], md5=md5 or openai.omit
        )


async def test_unknown_uploads_are_not_found(trainer: Trainer):
    with pytest.raises(openai.NotFoundError):
        await trainer.client.uploads.cancel("upload_none")
    with pytest.raises(openai.NotFoundError):
        await trainer.client.uploads.parts.create("upload_none", data=io.BytesIO(b"x"))


def form(*parts: tuple[str, bytes]) -> bytes:
    """Parts with a disposition, as a client would write them; the boundary is `x`."""
    whole = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"
        for head, body in parts
    )
    return whole + b"--x--\r\n"


FILE = 'name="file"; filename="a"'
MIXED = b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--x\r\n\r\n\r\n--x--\r\n",
        form(('name="purpose"', b"fine-tune")),
        form((FILE, b"abc")),
        form((FILE, b"abc"), ('name="purpose"', b"world peace")),
        form((FILE, b"abc"), ('name="purpose"', b"fine-tune"), ('name="colour"', b"red")),
        form((FILE, b"abc"), (FILE, b"abc"), ('name="purpose"', b"fine-tune")),
        form((FILE, b"abc")).removesuffix(b"\r\n--x--\r\n"),
        form(('name="purpose"', b"\xff\xff")),
        form((f"{FILE}\r\nContent-Transfer-Encoding: base64", b"!!!")),
        MIXED,
    ],
)
async def test_a_malformed_form_is_a_bad_request_and_leaves_nothing(
    trainer: Trainer, tmp_path: Path, body: bytes
):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    status, answer, _headers = await trainer.raw(
        "POST", "/v1/files", data=body, extra_headers=headers
    )
    assert status == 400, answer
    assert answer["error"]["type"] == "invalid_request_error"
    assert list((tmp_path / "data/arriving").iterdir()) == []
    assert list((tmp_path / "data/files").iterdir()) == []


async def test_a_file_needs_a_form(trainer: Trainer):
    status, answer, _headers = await trainer.raw("POST", "/v1/files", json={"purpose": "fine-tune"})
    assert status == 400
    assert answer["error"]["param"] == "file"
