"""What a button or a form names must belong where it stands: to that workspace and channel."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tests.datasets.files import chats, look, write
from tests.http.conftest import Bot
from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.bot.answers.evaluation.summing import Result
from tunesmith.bot.providers.openai_client import OpenAIClient
from tunesmith.handlers.answer.form import MODEL, AskForm
from tunesmith.handlers.answer.under import Part
from tunesmith.handlers.dataset.changes import Preview
from tunesmith.handlers.job.form_values import StartForm
from tunesmith.storage import answers, corrections, evaluations
from tunesmith.storage.answers import Answer
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.evaluation_values import Evaluation, EvaluationKind, EvaluationStatus
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")

TEAM, CHANNEL = "T0LOCAL", "C0TUNING"
ELSEWHERE = [(TEAM, "C0OTHER"), ("T0OTHER", CHANNEL), (TEAM, None)]

_FILE = "a" * 12
_JOB = "b" * 12
_TUNED = "e" * 12
_OFFERED = "f" * 12
_CORRECTED = "1" * 12
_QUESTION = "ask:1"
_PART = Part(key=_QUESTION, message=_QUESTION, thread="1.0", typed=False).model_dump_json()
_CHOICE = {MODEL: f"tuned local {_TUNED}"}
_PREVIEW = Preview(dataset_id=_FILE, codes=["crlf"]).model_dump_json()
_BUTTONS = {
    "convert_file": _FILE,
    "fix_file": _FILE,
    "mend_file": _FILE,
    "split_file": _FILE,
    "start_job": _FILE,
    "write_fixed": _PREVIEW,
    "cancel_job": _JOB,
    "ask_model": _TUNED,
    "answer_again": _PART,
    "answer_feedback": f"good {_QUESTION}",
    "compare_models": f"answer {_QUESTION}",
    "correct_answer": _QUESTION,
    "evaluation_export": _OFFERED,
    "evaluation_look": _OFFERED,
    "evaluation_cancel": _OFFERED,
    "move_model": _TUNED,
    "show_checkpoints": _TUNED,
}
# Those that do something here with these rows alone.
_DONE_HERE = (
    "convert_file",
    "fix_file",
    "split_file",
    "start_job",
    "write_fixed",
    "cancel_job",
    "ask_model",
    "answer_feedback",
)
# What is asked for from anywhere by who is in its channel.
_SEEN = {
    "ask_model",
    "evaluation_cancel",
    "evaluation_export",
    "evaluation_look",
    "move_model",
}


@pytest.fixture
async def bot_with_rows(bot: Bot, tmp_path: Path) -> Bot:
    """A bot that knows a training file, its running job and a model tuned on it, and another
    channel's training file.
    """
    report = look(write(tmp_path / "a.jsonl", chats()), provider="local").model_dump(mode="json")
    said = {"team": TEAM, "report": report, "created_by": "U0BEN"}
    dataset = dataset_row(_FILE, channel=CHANNEL, sha256=_FILE * 5, **said)
    tuned = {"status": JobStatus.SUCCEEDED, "fine_tuned_model": "ft:tiny"}
    of_it = [job_row(dataset, _JOB), job_row(dataset, _TUNED, **tuned)]
    await add_rows(bot.services.database, dataset, *of_it)
    local = bot.services.catalogue.providers["local"]
    client = OpenAIClient("local", local, base_url="http://127.0.0.1:9/v1", api_key="k")
    bot.services.providers["local"] = client
    for name, channel in (("c" * 12, "C0OTHER"), ("d" * 12, CHANNEL)):
        other = dataset_row(name, channel=channel, sha256=name * 5, **said)
        await add_rows(bot.services.database, other)
    await _add_what_was_answered(bot, dataset, of_it[1])
    return bot


async def _add_what_was_answered(bot: Bot, dataset: Dataset, job: Job) -> None:
    """An answer of a job's model, a correction of it, and an evaluation."""
    where: dict[str, Any] = {"team": TEAM, "channel": CHANNEL, "job_id": job.id}
    asked: dict[str, Any] = {"question": "?", "model_ref": f"tuned local {job.id}"}
    answer = Answer(_QUESTION, "No.", 1.0, finish_reason="stop", thread="1.0", **where, **asked)
    correction = Correction(
        id=_CORRECTED,
        dataset_id=dataset.id,
        answer_key="ask:2",
        asked_channel=CHANNEL,
        asked_thread="1.0",
        messages=[{"role": "user", "content": "?"}],
        tools=None,
        rejected={"role": "assistant", "content": "No."},
        preferred={"role": "assistant", "content": "Yes."},
        author="U0BEN",
        **where,
    )
    evaluation = Evaluation(
        id=_OFFERED,
        thread="1.0",
        kind=EvaluationKind.EVALUATION,
        status=EvaluationStatus.OFFERED,
        dataset_id=dataset.id,
        created_by="U0BEN",
        summary=Result(rows=0, columns=[]).model_dump(mode="json"),
        **where,
    )
    async with bot.services.database.write() as connection:
        await answers.keep(connection, answer)
        await corrections.add(connection, correction)
        await evaluations.add(connection, evaluation)


def _press(
    action: str, value: str, team: str, channel: str | None, user: str = "U0BEN"
) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user},
        "channel": {"id": channel} if channel else None,
        "container": {"channel_id": channel, "message_ts": "1.0"},
        "trigger_id": f"{action}{team}{channel}{value}",
        "actions": [{"action_id": action, "block_id": "b", "value": value}],
    }


def _submit(form: str, about: BaseModel, team: str, **inputs: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: {name: {"value": value}} for name, value in inputs.items()}
    for name in {"model", "validation", MODEL} & values.keys():
        values[name] = {name: {"selected_option": {"value": inputs[name]}}}
    return {
        "type": "view_submission",
        "team": {"id": team},
        "user": {"id": "U0ALICE"},
        "view": {
            "id": f"V{form}",
            "type": "modal",
            "callback_id": form,
            "private_metadata": about.model_dump_json(),
            "blocks": [{"type": "input", "block_id": next(iter(inputs))}],
            "state": {"values": values},
        },
    }


async def test_a_button_does_nothing_with_what_belongs_elsewhere(bot_with_rows: Bot) -> None:
    bot = bot_with_rows
    before = await bot.done()
    for action, value in _BUTTONS.items():
        for team, channel in ELSEWHERE:
            user = "U0STRANGER" if action in _SEEN and team == TEAM else "U0BEN"
            status, _ = await bot.interact(_press(action, value, team, channel, user))
            assert (status, await bot.done()) == (200, before), (action, team, channel)
        for odd in ("", "nobody", "../../etc/passwd", "\0", "\ud800", "{}", "x" * 2_000):
            status, _ = await bot.interact(_press(action, odd, TEAM, CHANNEL))
            assert (status, await bot.done()) == (200, before), (action, odd)
    for action in _DONE_HERE:
        await bot.interact(_press(action, _BUTTONS[action], TEAM, CHANNEL))
        after = await bot.done()
        assert after > before, action
        before = after


async def test_a_correction_is_not_withdrawn_from_another_organisation(bot_with_rows: Bot) -> None:
    bot = bot_with_rows
    answers_to = {"response_url": f"{bot.workspace.base_url}/response/1"}
    for team, withdrawn in (("T0OTHER", False), (TEAM, True)):
        await bot.interact(_press("withdraw_correction", _CORRECTED, team, CHANNEL) | answers_to)
        async with bot.services.database.read() as connection:
            found = await corrections.get(connection, _CORRECTED)
        assert found is not None
        assert (found.withdrawn_at is not None) == withdrawn


async def test_a_form_does_nothing_with_what_belongs_elsewhere(bot_with_rows: Bot) -> None:
    bot = bot_with_rows
    before = await bot.done()
    model = {"model": "local/tiny-1m-scratch"}
    here = StartForm(dataset_id=_FILE, channel=CHANNEL)
    asked = AskForm(channel=CHANNEL, thread="1.0")
    elsewhere = AskForm(channel="C0OTHER", thread="1.0")
    refused = [
        _submit("start_form", here, "T0OTHER", **model),
        _submit("start_form", StartForm(dataset_id=_FILE, channel="C0OTHER"), TEAM, **model),
        _submit("start_form", here, TEAM, **model, validation="c" * 12),
        _submit("start_form", here, TEAM, model="local/another"),
        _submit("start_form", here, TEAM, model="nobody/tiny-1m-scratch"),
        _submit("start_form", asked, TEAM, **model),
        _submit("ask_form", asked, "T0OTHER", **_CHOICE, question="?"),
        _submit("ask_form", elsewhere, TEAM, **_CHOICE, question="?"),
        _submit("ask_form", asked, TEAM, **{MODEL: f"tuned local {_JOB}"}, question="?"),
        _submit("ask_form", here, TEAM, **_CHOICE, question="?"),
    ]
    for payload in refused:
        status, said = await bot.interact(payload)
        assert (status, await bot.done()) == (200, before), payload
        assert '"response_action": "errors"' in said
    for payload in (
        _submit("start_form", here, TEAM, **model, validation="d" * 12),
        _submit("ask_form", asked, TEAM, **_CHOICE, question="?"),
    ):
        assert await bot.interact(payload) == (200, "")
        after = await bot.done()
        assert after > before
        before = after


async def test_a_form_of_somebody_in_a_shared_channel_belongs_to_the_bots_workspace(
    bot_with_rows: Bot,
) -> None:
    payload = _submit(
        "ask_form", AskForm(channel=CHANNEL, thread="1.0"), "T0", **_CHOICE, question="?"
    )
    payload["view"]["app_installed_team_id"] = TEAM
    before = await bot_with_rows.done()
    assert await bot_with_rows.interact(payload) == (200, "")
    assert await bot_with_rows.done() > before


async def test_a_schema_is_named_by_a_sha256_and_never_by_a_path(bot: Bot) -> None:
    for name in ("../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", ""):
        value = f'{{"name": "a.sql", "thread": "1.0", "sha256": "{name}"}}'.replace("\n", "\\n")
        assert (await bot.interact(_press("write_training_set", value, TEAM, CHANNEL)))[0] == 200
    assert "views.open" not in bot.calls()
