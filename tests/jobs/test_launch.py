"""Jobs whose launch is refused or breaks off: told why, nothing left at the provider, none lost."""

import importlib

import pytest

from tests.jobs.conftest import Bench
from tests.support.provider_server import DROP, LOST_ANSWER, Fault
from tests.support.queues import running
from tunesmith.bot.messages import LANGUAGES, from_stored, text_for
from tunesmith.bot.providers import openai_uploads
from tunesmith.storage import jobs
from tunesmith.storage.jobs import JobStatus

launch = importlib.import_module("tunesmith.bot.jobs.launch")

pytestmark = pytest.mark.databases("sqlite")

JOBS = "/fine_tuning/jobs"


def _refusal(code: str, message: str, status: int = 400) -> Fault:
    return Fault(status, {"error": {"code": code, "message": message}})


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (_refusal("training_not_available", "Not for you", 403), "another provider"),
        (_refusal("insufficient_quota", "You exceeded your quota", 429), "Add credit"),
        (_refusal("invalid_training_file", "Invalid JSON on line 7"), "Look at line 7"),
        (_refusal("invalid_file_format", "Wrong columns"), "Correct the file"),
        (_refusal("unsafe_file", "Blocked by our moderation"), "usage policy forbids"),
        (_refusal("odd", "No such thing"), "No such thing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_refusal_says_what_to_do_and_leaves_no_file(
    bench: Bench, refusal: Fault, said: str
) -> None:
    job_id = await bench.reserve(method="supervised")
    bench.provider.meet(f"POST {JOBS}", refusal)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        job = await bench.until_job(job_id, status="failed")
        await bench.until(lambda: bench.provider.count("DELETE /files/.*"))
    assert said in text_for("en")(from_stored(job.error or ""))
    assert bench.provider.files == {}
    for language in LANGUAGES:
        assert text_for(language)(from_stored(job.error or ""))


async def test_a_file_whose_upload_nobody_answered_is_found_by_its_name_and_deleted(
    bench: Bench,
) -> None:
    job_id = await bench.reserve(method="supervised")
    bench.provider.meet("POST /files", LOST_ANSWER)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until(lambda: bench.provider.files)
        async with bench.services.database.write() as connection:
            await jobs.change(connection, job_id, cancelled_by="U1")
        await bench.until_job(job_id, status="cancelled")
        await bench.until(lambda: not bench.provider.files)
    assert bench.provider.created == []


async def test_a_job_whose_launch_was_given_up_is_followed_once_it_appears(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch.launch, "patience", 0)
    monkeypatch.setattr(launch, "_LOST_PAUSE", 0.05)
    job_id = await bench.reserve(method="supervised")
    bench.provider.hidden = True
    bench.provider.meet(f"POST {JOBS}", Fault(500, take_effect=True))
    bench.provider.meet(f"GET {JOBS}", *[DROP] * 2)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        failed = await bench.until_job(job_id, status="failed")
        assert "may have been created" in text_for("en")(from_stored(failed.error or ""))
        bench.provider.hidden = False
        job = await bench.until_job(job_id, status="running")
    assert (job.finished_at, job.reopened) == (None, 1)
    assert len(bench.provider.created) == 1
    assert len(bench.provider.files) == 1


@pytest.mark.parametrize(
    ("request_line", "begun"),
    [("POST /uploads/.*/parts", 1), ("POST /uploads/.*/complete", 1), ("POST /uploads", 2)],
)
async def test_a_large_file_goes_in_parts_and_after_a_lost_answer_on_from_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, request_line: str, begun: int
) -> None:
    monkeypatch.setattr(openai_uploads, "PART_BYTES", 1_000)
    client = bench.services.provider("local")
    single = client.provider.model_copy(update={"single_upload_bytes": 2_000})
    monkeypatch.setattr(client, "provider", single)
    content = bytes(range(256)) * 20
    (bench.services.settings.files / ("0" * 64)).write_bytes(content)
    job_id = await bench.reserve(method="supervised")
    bench.provider.meet(request_line, LOST_ANSWER)
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        job = await bench.until_job(job_id, status="running")
    assert list(bench.provider.contents.values()) == [content]
    assert len(bench.provider.files) == 1
    assert bench.provider.count("POST /uploads") == begun
    assert bench.provider.count("POST /uploads/.*/parts") <= 7
    assert (job.upload or {})["total"] == len(content)


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "{}", '{"id": 7}'])
async def test_a_create_whose_answer_can_not_be_read_is_not_paid_twice(
    bench: Bench, body: str
) -> None:
    job_id = await bench.reserve(method="supervised")
    bench.provider.meet(f"POST {JOBS}", Fault(200, body, take_effect=True))
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        await bench.until_job(job_id, status="running")
    assert len(bench.provider.created) == 1


async def test_a_create_that_is_answered_with_an_empty_error_is_a_job(bench: Bench) -> None:
    job_id = await bench.reserve(method="supervised")
    bench.provider.hidden = True
    body = {"id": "ftjob-x", "status": "queued", "error": "", "object": "fine_tuning.job"}
    bench.provider.meet(f"POST {JOBS}", Fault(200, body))
    await bench.arm("launch", job_id, job_id=job_id)
    async with running(bench.services.queue):
        job = await bench.until_job(job_id, status=JobStatus.QUEUED)
    assert job.provider_job_id == "ftjob-x"
