"""Rows that an earlier version wrote are still read and shown."""

import json
from typing import Any

from tests.support.rows import dataset_row, job_row
from tunesmith.bot.messages import text_for
from tunesmith.handlers.answer.tasks import Question
from tunesmith.handlers.dataset.changes import fixed_blocks
from tunesmith.handlers.dataset.tasks.check import AttachedFile
from tunesmith.handlers.dataset.tasks.fix import Fixed, FixRequest
from tunesmith.handlers.dataset.tasks.report import Outcome
from tunesmith.handlers.dataset.tasks.split import Parts
from tunesmith.handlers.job.blocks import progress_text
from tunesmith.handlers.job.result import Charts, result_blocks
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.schema.tasks import SchemaRead
from tunesmith.storage.jobs import Job, JobStatus

_WHERE = {"channel": "C1", "thread": "1.0", "user": "U1"}
_WHY = "The file is empty: it holds no examples."


def _job(**values: Any) -> Job:
    return job_row(dataset_row(), "a", **values)


def test_reasons_that_were_stored_as_english_are_said_as_they_stand() -> None:
    ko = text_for("ko")
    stored = [
        Outcome.model_validate({**_WHERE, "name": "a.jsonl", "reason": _WHY}),
        SchemaRead.model_validate({**_WHERE, "name": "a.sql", "source": "Ev1", "reason": _WHY}),
        Fixed.model_validate({"dataset_id": "d", "user": "U1", "reason": _WHY}),
        Parts.model_validate({"dataset_id": "d", "user": "U1", "reason": _WHY}),
    ]
    for row in stored:
        assert row.reason is not None
        assert ko(row.reason) == _WHY


def test_a_failed_jobs_stored_english_error_is_shown() -> None:
    job = _job(status=JobStatus.FAILED, error="OpenAI refused: too few examples")
    said = result_blocks(text_for("zh"), Shown(job, "a.jsonl", []), Charts())
    shown = json.dumps(said, ensure_ascii=False)
    assert "OpenAI refused: too few examples" in shown


def test_a_status_that_nobody_knows_is_shown_as_it_stands() -> None:
    status = JobStatus("warming_up")
    assert (status.is_known, status.is_final, status) == (False, False, "warming_up")
    assert "warming_up" in progress_text(text_for("en"), Shown(_job(status=status), "f", []))


def test_a_fix_that_an_earlier_version_asked_for_is_done_and_told() -> None:
    assert FixRequest.model_validate({"dataset_id": "d", "user": "U1"}).codes is None
    result: dict[str, Any] = {"name": "a.fixed.jsonl", "counts": {"crlf": 2}, "changes": []}
    told = Fixed.model_validate({"dataset_id": "d", "user": "U1", "repair": result})
    assert told.fixed is not None
    assert "line ends changed to LF × 2" in json.dumps(
        fixed_blocks(text_for("en"), "a.jsonl", told.fixed), ensure_ascii=False
    )


def test_tasks_of_an_earlier_version_are_read() -> None:
    asked = {**_WHERE, "team": "T1", "question": "why?", "job_id": None}
    assert Question.model_validate(asked).ref.ts == "1.0"
    attached = {**_WHERE, "source": "Ev1:F1", "team": "T1", "file": "F1", "name": "a.jsonl"}
    assert AttachedFile.model_validate(attached).sha256 is None
