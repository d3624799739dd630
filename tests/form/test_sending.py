"""What comes of a form that is sent: one job with all that was chosen, or an error in its field."""

import asyncio
from typing import Any

import pytest

from tests.form.conftest import CHANNEL, LLAMA, MINI, TINY, Desk, element, words
from tunesmith.storage import datasets, jobs

pytestmark = pytest.mark.databases("sqlite")


async def test_everything_that_was_chosen_is_kept_with_the_job(desk: Desk) -> None:
    validation = await desk.file(name="valid.jsonl")
    training = await desk.file(sha256="1" * 64)
    tuned = await desk.job(training, status="succeeded", finished_at=5.0, fine_tuned_model="ft:tea")
    form = await desk.choose(await desk.open(), "model", MINI)
    form = await desk.choose(form, "epochs", "2")
    sent = {
        "rate": "1.5",
        "batch_size": "8",
        "seed": "7",
        "suffix": "tea-2",
        "project": "teas",
        "validation": validation,
        "continue": tuned,
        "notify": "C0GENERAL",
    }
    assert await desk.send(form, **sent) == {}
    [job] = await desk.jobs()
    assert job.hyperparameters == {
        "n_epochs": 2,
        "learning_rate_multiplier": 1.5,
        "batch_size": 8,
    }
    assert (job.method, job.seed, job.suffix, job.validation_id) == (
        "supervised",
        7,
        "tea-2",
        validation,
    )
    assert (job.continued_from, job.notify_channel) == ("ft:tea", "C0GENERAL")
    assert job.integrations == [{"type": "wandb", "wandb": {"project": "teas"}}]


async def test_a_dpo_job_has_its_beta(desk: Desk) -> None:
    await desk.preference_file()
    form = await desk.choose(await desk.open(), "model", MINI)
    assert await desk.send(form, beta="0.3") == {}
    [job] = await desk.jobs()
    assert (job.method, job.hyperparameters) == ("dpo", {"beta": 0.3})


async def test_dpo_on_the_local_trainer_goes_on_from_a_tuned_model(desk: Desk) -> None:
    chat = await desk.file()
    ended: dict[str, Any] = {
        "status": "succeeded",
        "finished_at": 5.0,
        "fine_tuned_model": "ft:tiny",
    }
    tuned = await desk.job(chat, TINY, **ended)
    await desk.preference_file()
    form = await desk.choose(await desk.open(), "model", TINY)
    assert set(await desk.send(form)) == {f"continue:{TINY}"}  # Slack's client: it is needed
    assert await desk.send(form, **{"continue": tuned}) == {}
    [job] = await desk.jobs()
    assert (job.method, job.continued_from) == ("dpo", "ft:tiny")


async def test_no_job_starts_where_the_model_to_go_on_from_was_deleted_meanwhile(
    desk: Desk,
) -> None:
    training = await desk.file()
    ended: dict[str, Any] = {
        "status": "succeeded",
        "finished_at": 5.0,
        "fine_tuned_model": "ft:tea",
    }
    tuned = await desk.job(training, **ended)
    form = await desk.choose(await desk.open(), "model", MINI)
    async with desk.services.database.write() as connection:
        await jobs.change(connection, tuned, deleted_at=6.0)
    assert set(await desk.send(form, **{"continue": tuned})) == {f"continue:{MINI}"}
    assert await desk.jobs() == []


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (MINI, {"rate": "0"}),
        (MINI, {"suffix": "té"}),
        (MINI, {"project": "a b"}),
        (LLAMA, {"learning_rate": "0"}),
        (LLAMA, {"learning_rate": "1"}),
    ],
)
async def test_what_the_provider_would_refuse_is_said_at_its_field(
    desk: Desk, model: str, sent: dict[str, str]
) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", model)
    assert set(await desk.send(form, **sent)) == set(sent)
    assert await desk.jobs() == []


async def test_a_validation_file_that_is_too_large_for_the_provider_is_refused_at_its_field(
    desk: Desk,
) -> None:
    validation = await desk.file(name="valid.jsonl")
    await desk.file(sha256="1" * 64)
    form = await desk.choose(await desk.open(), "model", "azure/gpt-4.1-2025-04-14")
    said = await desk.send(form, validation=validation)
    assert "30%" in said["validation"]


@pytest.mark.parametrize("channel", ["C0RANDOM", "C0LAB"])
async def test_the_end_is_told_only_where_the_bot_is(desk: Desk, channel: str) -> None:
    await desk.file()
    form = await desk.open()
    assert set(await desk.send(form, notify=channel)) == {"notify"}
    assert await desk.jobs() == []


async def test_the_end_is_told_in_a_private_channel_by_who_is_in_it_and_by_nobody_else(
    desk: Desk,
) -> None:
    await desk.control.post("members", user="U0ALICE", channel="C0LAB")  # she invites the bot
    await desk.file()
    form = await desk.open("U0BEN")
    assert set(await desk.send(form, "U0BEN", notify="C0LAB")) == {"notify"}
    assert await desk.jobs() == []
    form = await desk.open()
    assert element(form, "notify")["initial_conversation"] == CHANNEL
    assert await desk.send(form, notify="C0LAB") == {}
    [job] = await desk.jobs()
    assert job.notify_channel == "C0LAB"


async def test_a_form_that_is_sent_twice_at_once_is_one_job(desk: Desk) -> None:
    await desk.file()
    form = await desk.open()
    await asyncio.gather(*(desk.send(form) for _ in range(2)), return_exceptions=True)
    assert len(await desk.jobs()) == 1


async def test_a_form_that_is_open_while_the_bot_is_restarted_goes_on(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    form = await desk.choose(form, "suffix", "tea")
    await desk.restart_bot()
    form = await desk.choose(form, "epochs", "2")
    assert "2 epochs ×" in words(form)
    assert await desk.send(form) == {}
    [job] = await desk.jobs()
    assert (job.suffix, job.hyperparameters) == ("tea", {"n_epochs": 2})


async def test_the_newest_choice_is_shown_though_the_form_changed_meanwhile(desk: Desk) -> None:
    await desk.file()
    form = await desk.open()
    how = {"method": "views.update", "kind": "error", "error": "hash_conflict", "times": 1}
    await desk.control.post("faults", **how)
    assert "$5.00 per million" in words(await desk.choose(form, "model", MINI))


async def test_of_choices_that_arrive_at_once_the_newest_is_shown(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    await asyncio.gather(*(desk.choose(form, "epochs", str(n)) for n in (1, 12, 5)))
    [shown] = await desk.control.modals()
    now = next(s["epochs"]["value"] for s in shown["state"]["values"].values() if "epochs" in s)
    unit = "epoch" if now == "1" else "epochs"
    assert f"{now} {unit} ×" in words(shown)


async def test_a_like_job_is_named_and_linked_where_the_person_can_see_it(desk: Desk) -> None:
    here, there = await desk.file(), await desk.file(channel="C0GENERAL")
    await desk.control.post("members", user="U0MINJI", channel="C0LAB")
    hidden = await desk.file(channel="C0LAB", name="b.jsonl")
    own, other = await desk.job(here), await desk.job(there)
    secret = await desk.job(await desk.file(channel="C0LAB") or hidden)
    said = words(await desk.open("U0BEN"))
    assert said.count("|job>") == 2
    for job in (own, other):
        assert f"(`{job}`)" in said
    assert secret not in said
    assert "in a channel that you can't see" in said
    assert f"(`{secret}`)" in words(await desk.open("U0ALICE"))


async def test_what_is_wrong_is_said_without_the_marks_of_messages(desk: Desk) -> None:
    dataset_id = await desk.file()
    form = await desk.open("U0MINJI")
    async with desk.services.database.write() as connection:
        assert await datasets.delete(connection, dataset_id)
    [said] = (await desk.send(form, "U0MINJI")).values()
    assert "a.jsonl 파일은 삭제" in said
    assert not {"*", "`"} & set(said)
