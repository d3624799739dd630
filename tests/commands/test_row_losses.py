"""The rows that cost a tuned model most: listed, dropped, and trained without."""

import asyncio
import contextlib

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.commands.conftest import ALICE, MINJI, TUNING, WEI, Office, values_of, words_of
from tests.form.conftest import value
from tests.workspace.conftest import Json, RefusedError
from tunesmith.handlers.slack.blocks import actions, button
from tunesmith.storage import datasets, jobs, row_losses, tasks
from tunesmith.storage.jobs import Job, JobStatus

pytestmark = pytest.mark.databases("sqlite")

LINES = 12
STEPS = b"step,train_loss\n1,0.5\n"
# The higher the line, the higher its loss; line 3 is the exception.
ROWS = "line,loss,odd\n" + "".join(
    f"{line},{9 if line == 3 else line / 100},x\n" for line in range(1, LINES + 1)
)


async def _ended(office: Office) -> Job:
    """A job that has succeeded, whose provider has told these losses."""
    job = await office.job()
    async with office.services.database.write() as connection:
        chosen = {"n_epochs": 4, "batch_size": 2}
        await jobs.change(connection, job.id, hyperparameters=chosen, seed=7, suffix="tea")
    office.provider.contents |= {"file-s": STEPS, "file-r": ROWS.encode()}
    told = {"status": "succeeded", "fine_tuned_model": "ft:tea"}
    files = {"result_files": ["file-s", "file-r"]}
    office.provider.jobs[job.provider_job_id or ""] |= told | files
    async with office.services.database.write() as connection:
        await office.services.job_events.reserved.publish(connection, job)
        watch = {"key": "watch:local", "kind": "watch", "place": "job"}
        await tasks.add_again(connection, **watch, payload={"provider": "local"})

    async def has_ended() -> bool:
        return (await office.stored(job)).status is JobStatus.SUCCEEDED

    await office.until(has_ended)
    return await office.stored(job)


async def _result(office: Office, job: Job) -> Json:
    """The card once it is the result."""

    async def card() -> list[Json]:
        seen = await office.control.messages(TUNING, thread_ts=job.thread)
        return [m for m in seen if values_of(m.get("blocks", []), "show_row_losses")]

    return (await office.until(card))[0]


async def _list(office: Office, job: Job, user: str = ALICE) -> Json:
    await office.press(await _result(office, job), "show_row_losses", job.id, user)
    return (await office.control.modals(user))[-1]


def _boxes(view: Json) -> Json:
    return next(block["element"] for block in view["blocks"] if block["type"] == "input")


async def _turn(office: Office, view: Json, way: str, ticked: list[str]) -> Json:
    body = {"user": ALICE, "view_id": view["id"]}
    await office.control.post("actions", **body, action_id=_boxes(view)["action_id"], value=ticked)
    await office.control.post("actions", **body, action_id=f"turn_row_losses_{way}")
    return (await office.control.modals(ALICE))[-1]


async def _send(office: Office, view: Json, ticked: list[str]) -> Json:
    values = {_boxes(view)["action_id"]: ticked}
    answer = await office.control.post(f"views/{view['id']}/submit", user=ALICE, values=values)
    return answer["errors"] or {}


async def _dropped(office: Office, job: Job) -> Json:
    async def told() -> list[Json]:
        seen = await office.control.messages(TUNING, thread_ts=job.thread)
        return [m for m in seen if values_of(m.get("blocks", []), "train_without_rows")]

    return (await office.until(told))[0]


async def test_rows_are_listed_by_loss_ticked_on_two_pages_dropped_and_trained_without(
    office: Office,
) -> None:
    job = await _ended(office)
    view = await _list(office, job)
    assert await _send(office, view, []) == {"rows_0": "Tick the rows to leave out first."}
    options = _boxes(view)["options"]
    assert [o["value"] for o in options] == ["3", *map(str, range(12, 3, -1))]
    assert options[0]["text"]["text"] == "Line 3 · loss 9.000"
    assert options[0]["description"]["text"].startswith("What is 2 plus")
    view = await _turn(office, view, "on", ["3", "9"])
    assert [o["value"] for o in _boxes(view)["options"]] == ["2", "1"]
    assert "2 more rows are ticked" in words_of(view)
    view = await _turn(office, view, "back", ["1"])
    assert [o["value"] for o in _boxes(view)["initial_options"]] == ["3", "9"]
    twice = (_send(office, view, ["3"]) for _ in range(2))
    await asyncio.gather(*twice, return_exceptions=True)
    told = await _dropped(office, job)
    assert "left out 2 rows" in words_of(told)
    assert "lines 1 and 3" in words_of(told)
    _, made_id = values_of(told["blocks"], "train_without_rows")[0].split()
    async with office.services.database.read() as connection:
        made = await datasets.get(connection, made_id)
        whole = await datasets.get(connection, job.dataset_id)
        found = await datasets.in_channel(connection, job.team, job.channel)
    assert len(found) == 2
    assert made is not None
    assert whole is not None
    kept = office.services.settings.files
    lines = (kept / whole.sha256).read_bytes().splitlines()
    assert (kept / made.sha256).read_bytes().splitlines() == [lines[1], *lines[3:]]
    assert made.report["examples"] == LINES - 2
    await office.press(told, "train_without_rows", f"{job.id} {made_id}")
    form = (await office.control.modals(ALICE))[-1]
    assert "without-2.jsonl" in words_of(form)
    wanted = {
        "model": "local/tiny-1m-scratch",
        "epochs": "4",
        "batch_size": "2",
        "seed": "7",
        "suffix": "tea",
    }
    assert {name: value(form, name) for name in wanted} == wanted


async def test_a_deleted_file_leaves_nothing_of_its_rows(office: Office) -> None:
    job = await _ended(office)
    async with office.services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    assert dataset is not None
    card = await _result(office, job)
    async with office.services.database.write() as connection:
        assert await datasets.delete(connection, dataset.id)
        await datasets.forget_contents(connection, dataset)
    async with office.services.database.read() as connection:
        assert await row_losses.of_job(connection, job.id) == []
    with contextlib.suppress(RefusedError):  # the card may have lost its button by now
        await office.press(card, "show_row_losses", job.id)
    assert await office.control.modals(ALICE) == []


async def test_to_train_again_says_where_it_begins_when_the_earlier_model_is_gone(
    office: Office,
) -> None:
    dataset = await office.dataset()
    job = await office.model(dataset=dataset, continued_from="ft:gone")
    client = AsyncWebClient("xoxb-local", base_url=f"{office.workspace.base_url}/api/")
    again = actions(button("Press", "train_without_rows", f"{job.id} {dataset.id}"))
    await client.chat_postMessage(
        channel=dataset.channel, thread_ts=dataset.thread, text="x", blocks=[again]
    )
    message = await _dropped(office, job)
    for user, words in (
        (ALICE, "gone on from"),
        (MINJI, "이어 갈 수 없습니다"),
        (WEI, "无法再接着"),
    ):
        await office.press(message, "train_without_rows", f"{job.id} {dataset.id}", user=user)
        form = (await office.control.modals(user))[-1]
        assert "ft:gone" in words_of(form)
        assert words in words_of(form)
        typed = {"user": user, "view_id": form["id"], "action_id": "epochs", "value": "2"}
        await office.control.post("actions", **typed)
        assert words in words_of((await office.control.modals(user))[-1])
