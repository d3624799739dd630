"""What every endpoint has in common: the key, the shape of errors, request ids, faults."""

import asyncio
import io
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.trainer_api import BASE, KEY
from tests.trainer_api.client import Trainer, dataset


@pytest.mark.parametrize("path", ["/v1/models", "/v1/files", "/v1/nothing", "/control/faults"])
async def test_without_a_key_nothing_is_told(trainer: Trainer, path: str):
    status, body, headers = await trainer.raw("GET", path, key=None)
    assert status == 401
    assert body["error"]["type"] == "invalid_request_error"
    assert headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("key", ["wrong", f"{KEY}x", "\xff"])
async def test_a_wrong_key_is_refused_and_not_repeated(trainer: Trainer, key: str):
    status, body, _headers = await trainer.raw("GET", "/v1/models", key=key)
    assert status == 401
    assert body["error"]["code"] == "invalid_api_key"
    assert key not in body["error"]["message"]


async def test_the_official_client_reports_a_wrong_key_as_such(trainer: Trainer):
    async with AsyncOpenAI(base_url=f"{trainer.url}/v1", api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()


@pytest.mark.parametrize("value", [b"Bearer \xff\xfe", b"Bearer \xc3", b"\xff", b"Bearer \x80 x"])
async def test_odd_bytes_in_the_key_are_a_401(trainer: Trainer, value: bytes):
    url = urlsplit(trainer.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(
        b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Authorization: %b\r\n\r\n" % value
    )
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_metrics_tell_requests_by_route_and_jobs_by_status(trainer: Trainer):
    job = await trainer.start()
    await trainer.wait(job.id)
    with pytest.raises(openai.NotFoundError):
        await trainer.client.fine_tuning.jobs.retrieve("ftjob-none")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{trainer.url}/metrics") as response,
    ):
        text = await response.text()
        assert response.content_type == "text/plain"
    assert 'tunesmith_trainer_jobs{status="succeeded"} 1.0' in text
    path = "/v1/fine_tuning/jobs/{job_id}"
    assert f'request_seconds_count{{method="GET",path="{path}",status="404"}} 1.0' in text
    assert job.id not in text


async def test_health_needs_no_key(trainer: Trainer):
    status, body, _headers = await trainer.raw("GET", "/healthz", key=None)
    assert (status, body) == (200, {"status": "ok"})


async def test_every_answer_has_a_request_id_of_its_own(trainer: Trainer):
    first = await trainer.client.models.with_raw_response.list()
    second = await trainer.client.models.with_raw_response.list()
    assert first.request_id
    assert first.request_id.startswith("req_")
    assert first.request_id != second.request_id
    with pytest.raises(openai.NotFoundError) as caught:
        await trainer.client.files.retrieve("file-none")
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/", 404, None),
        ("GET", "/v1/nothing", 404, None),
        ("GET", "/v1/fine_tuning/checkpoints/ft:x/permissions", 404, None),
        ("PUT", "/v1/files", 405, "GET,HEAD,POST"),
        ("GET", "/v1/chat/completions", 405, "POST"),
    ],
)
async def test_wrong_addresses_are_refused_in_openais_shape(
    trainer: Trainer, method: str, path: str, status: int, allow: str | None
):
    answered, body, headers = await trainer.raw(method, path)
    assert answered == status
    assert headers.get("Allow") == allow
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/v1/completions", "/v1/fine_tuning/jobs", "/v1/uploads"]
)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a":"\\ud800"}'])
async def test_bodies_that_are_no_objects_are_refused(trainer: Trainer, path: str, body: bytes):
    status, answer, _headers = await trainer.raw("POST", path, data=body)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"


async def test_a_huge_json_body_is_refused(trainer: Trainer):
    status, answer, _headers = await trainer.raw(
        "POST", "/v1/chat/completions", data=io.BytesIO(b" " * (17 * 1024 * 1024))
    )
    assert status == 413
    assert answer["error"]["code"] == "request_too_large"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=10001", "limit=x", "after=none", "limit=1&after=ftjob-none"]
)
@pytest.mark.parametrize("path", ["/v1/files", "/v1/fine_tuning/jobs"])
async def test_strange_pages_are_refused(trainer: Trainer, path: str, query: str):
    status, body, _headers = await trainer.raw("GET", f"{path}?{query}")
    assert status == 400
    assert body["error"]["param"] in ("limit", "after")


@pytest.mark.parametrize("call", ["retrieve", "cancel", "pause", "resume", "list_events"])
async def test_an_unknown_job_is_not_found(trainer: Trainer, call: str):
    with pytest.raises(
        openai.NotFoundError, match="Could not find fine tune: ftjob-none"
    ) as caught:
        await getattr(trainer.client.fine_tuning.jobs, call)("ftjob-none")
    assert caught.value.code == "fine_tune_not_found"


async def test_an_unknown_job_has_no_checkpoints(trainer: Trainer):
    with pytest.raises(openai.NotFoundError):
        await trainer.client.fine_tuning.jobs.checkpoints.list("ftjob-none")


async def test_answers_have_exactly_openais_fields(trainer: Trainer):
    job = await trainer.train()
    _status, body, _headers = await trainer.raw("GET", f"/v1/fine_tuning/jobs/{job.id}")
    assert set(body) == {
        "created_at",
        "error",
        "estimated_finish",
        "fine_tuned_model",
        "finished_at",
        "hyperparameters",
        "id",
        "integrations",
        "metadata",
        "method",
        "model",
        "object",
        "organization_id",
        "result_files",
        "seed",
        "status",
        "trained_tokens",
        "training_file",
        "user_provided_suffix",
        "validation_file",
    }
    assert set(body["hyperparameters"]) == {"batch_size", "learning_rate_multiplier", "n_epochs"}
    _status, body, _headers = await trainer.raw("GET", f"/v1/fine_tuning/jobs/{job.id}/events")
    assert set(body) == {"data", "first_id", "has_more", "last_id", "object"}
    assert all(
        set(event) == {"created_at", "data", "id", "level", "message", "object", "type"}
        for event in body["data"]
    )
    _status, body, _headers = await trainer.raw("GET", f"/v1/fine_tuning/jobs/{job.id}/checkpoints")
    assert body["data"][0]["metrics"] == {
        "step": 6,
        "train_loss": pytest.approx(0.667, abs=0.001),
        "train_mean_token_accuracy": 0.5,
    }


async def test_what_openais_description_never_has_as_null_is_left_out_or_said(
    tuned: tuple[Trainer, str],
):
    trainer, model = tuned
    _status, files, _headers = await trainer.raw("GET", "/v1/files")
    assert files["data"]
    assert all(value is not None for file in files["data"] for value in file.values())
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "question 1"}]}),
        ("/v1/completions", {"prompt": "question 1"}),
    ]
    fingerprints: set[str] = set()
    for path, body in bodies:
        _status, answer, _headers = await trainer.raw("POST", path, json=body | {"model": model})
        fingerprints.add(answer["system_fingerprint"])
    [fingerprint] = fingerprints
    assert fingerprint.startswith("fp_")


async def test_the_synchronous_client_works_too(tuned: tuple[Trainer, str]):
    trainer, model = tuned

    def ask() -> str | None:
        with OpenAI(base_url=f"{trainer.url}/v1", api_key=KEY) as client:
            stream = client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "question 3"}], stream=True
            )
            return "".join(chunk.choices[0].delta.content or "" for chunk in stream)

    assert await asyncio.to_thread(ask) == "answer 3 of many"


async def fault(trainer: Trainer, **options: Any) -> None:
    status, body, _headers = await trainer.raw("POST", "/control/faults", json=options)
    assert (status, body) == (200, {"ok": True})


async def test_a_status_fault_fails_the_next_calls_and_then_stops(trainer: Trainer):
    await fault(trainer, path_prefix="/v1/models", times=2, kind="status", status=503)
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await trainer.client.models.list()
    assert (await trainer.client.models.list()).data


async def test_a_rate_limit_tells_when_to_come_back(trainer: Trainer):
    await fault(trainer, path_prefix="/v1/", times=1, kind="status", status=429, retry_after=7)
    with pytest.raises(openai.RateLimitError) as caught:
        await trainer.client.models.list()
    assert caught.value.response.headers["retry-after"] == "7"


async def test_a_fault_can_be_for_one_method_alone(trainer: Trainer):
    await fault(trainer, path_prefix="/v1/fine_tuning/jobs", method="POST", times=1, kind="status")
    assert (await trainer.client.fine_tuning.jobs.list()).data == []
    with pytest.raises(openai.InternalServerError):
        await trainer.start()
    await trainer.start()


async def test_a_dropped_call_has_no_effect(trainer: Trainer):
    file_id = await trainer.upload(dataset())
    await fault(trainer, path_prefix="/v1/fine_tuning/jobs", times=1, kind="drop")
    with pytest.raises(openai.APIConnectionError):
        await trainer.client.fine_tuning.jobs.create(model=BASE, training_file=file_id)
    assert (await trainer.client.fine_tuning.jobs.list()).data == []


async def test_a_call_dropped_after_its_effect_can_be_found_by_its_metadata(trainer: Trainer):
    file_id = await trainer.upload(dataset())
    await fault(trainer, path_prefix="/v1/fine_tuning/jobs", times=1, kind="drop_after")
    with pytest.raises(openai.APIConnectionError):
        await trainer.client.fine_tuning.jobs.create(
            model=BASE, training_file=file_id, metadata={"key": "1"}
        )
    [job] = (await trainer.client.fine_tuning.jobs.list(metadata={"key": "1"})).data
    assert (await trainer.wait(job.id)).status == "succeeded"


@pytest.mark.parametrize(("kind", "jobs"), [("slow", 0), ("slow_after", 1)])
async def test_a_slow_call_may_be_given_up(trainer: Trainer, kind: str, jobs: int):
    file_id = await trainer.upload(dataset())
    await fault(trainer, path_prefix="/v1/fine_tuning/jobs", times=1, kind=kind, seconds=0.3)
    impatient = trainer.client.with_options(timeout=0.1)
    with pytest.raises(openai.APITimeoutError):
        await impatient.fine_tuning.jobs.create(model=BASE, training_file=file_id)
    await fault(trainer, path_prefix="/v1/fine_tuning/jobs", times=1, kind="slow", seconds=0.4)
    assert len((await trainer.client.fine_tuning.jobs.list()).data) == jobs


async def test_a_slow_call_takes_its_time(trainer: Trainer):
    await fault(trainer, path_prefix="/v1/models", times=1, kind="slow", seconds=0.2)
    started = time.monotonic()
    await trainer.client.models.list()
    assert time.monotonic() - started >= 0.2


async def test_faults_can_be_taken_back(trainer: Trainer):
    await fault(trainer, path_prefix="/", times=100, kind="status")
    await trainer.raw("DELETE", "/control/faults")
    assert (await trainer.client.models.list()).data


async def test_what_is_left_of_a_fault_ends_with_its_time(trainer: Trainer):
    await fault(trainer, path_prefix="/", times=100, kind="status", lasts=0)
    assert (await trainer.client.models.list()).data


async def test_a_page_can_come_again(trainer: Trainer):
    ids = [await trainer.upload(dataset()) for _ in range(2)]
    await fault(trainer, path_prefix="/v1/files", times=2, kind="again")
    seen = [file.id async for file in trainer.client.files.list(limit=100, order="asc")]
    assert seen == [*ids, *ids]


async def test_fields_can_be_odd(trainer: Trainer):
    job = await trainer.start()
    odd = {"status": "simmering", "error": "n/a", "method": {"type": "magic"}, "unheard": 1}
    await fault(trainer, path_prefix="/v1/fine_tuning", times=2, kind="odd", fields=odd)
    for path in ("/v1/fine_tuning/jobs", f"/v1/fine_tuning/jobs/{job.id}"):
        _status, body, _headers = await trainer.raw("GET", path)
        [told] = body.get("data", [body])
        assert (told["status"], told["error"]) == ("simmering", "n/a")
        assert (told["method"]["type"], "supervised" in told["method"]) == ("magic", True)
        assert "unheard" not in told


async def test_a_streamed_answer_can_break_off(tuned: tuple[Trainer, str]):
    trainer, model = tuned
    await fault(trainer, path_prefix="/v1/chat", times=1, kind="cut", seconds=0.1)
    stream = await trainer.client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "for ever"}], stream=True
    )
    with pytest.raises(openai.APIConnectionError):
        [chunk async for chunk in stream]


@pytest.mark.parametrize(
    "body", [{}, {"path_prefix": "/", "times": 0, "kind": "drop"}, {"kind": "fire"}]
)
async def test_a_strange_fault_is_refused(trainer: Trainer, body: dict[str, Any]):
    status, _body, _headers = await trainer.raw("POST", "/control/faults", json=body)
    assert status == 400
