"""Which fields the form has, and that what was typed stays."""

from decimal import Decimal
from typing import Any

import pytest

from tests.datasets.files import chats
from tests.form.conftest import (
    CHANNEL,
    HOSTED,
    LLAMA,
    MINI,
    TINY,
    Desk,
    element,
    fields_of,
    options,
    value,
    words,
)

pytestmark = pytest.mark.databases("sqlite")

_ALWAYS = ["model", "epochs", "validation"]


async def test_only_models_that_can_be_trained_and_asked_are_offered_the_cheapest_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.file()
    offered = options(await desk.open(), "model")
    assert offered[:2] == [TINY, LLAMA] or offered[0] == TINY
    assert {MINI, LLAMA, HOSTED} < set(offered)
    assert "openai/unservable" not in offered
    monkeypatch.setenv("TUNESMITH_TODAY", "2027-01-07")
    later = options(await desk.open(), "model")
    assert [one for one in later if one.startswith("openai/")] == []
    assert HOSTED in later


async def test_the_cheapest_model_of_the_channels_default_provider_comes_first(desk: Desk) -> None:
    await desk.file()
    await desk.control.post(
        "commands", user="U0ALICE", channel=CHANNEL, text="/tune providers openai"
    )
    form = await desk.open()
    offered = options(form, "model")
    ours = [one for one in offered if one.startswith("openai/")]
    assert offered[: len(ours)] == ours
    assert offered[len(ours)] == TINY
    assert value(form, "model") == ours[0] != TINY


async def test_fields_that_the_chosen_model_does_not_take_are_not_shown(desk: Desk) -> None:
    await desk.file()
    form = await desk.open()
    assert fields_of(form) == [*_ALWAYS, "rate", "batch_size", "seed", "suffix", "notify"]
    form = await desk.choose(form, "model", MINI)
    names = ["rate", "batch_size", "seed", "suffix", "project", "notify"]
    assert fields_of(form) == [*_ALWAYS, *names]
    form = await desk.choose(form, "model", LLAMA)
    assert "learning_rate" in fields_of(form)
    assert "rate" not in fields_of(form)


async def test_dpo_has_a_beta_and_models_that_know_the_method(desk: Desk) -> None:
    await desk.preference_file()
    form = await desk.open()
    assert "DPO" in words(form)
    assert "beta" in fields_of(form)
    assert LLAMA not in options(form, "model")
    assert TINY not in options(form, "model")  # nothing was tuned here that it could go on from


async def test_what_was_typed_stays_when_the_form_changes_and_comes_back_with_its_field(
    desk: Desk,
) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", MINI)
    typed = {"suffix": "tea", "rate": "1.5", "project": "teas", "seed": "7"}
    for name, typed_value in typed.items():
        form = await desk.choose(form, name, typed_value)
    form = await desk.choose(form, "epochs", "4")
    for name, typed_value in {**typed, "epochs": "4"}.items():
        assert value(form, name) == typed_value, name
    form = await desk.choose(form, "model", LLAMA)
    assert (value(form, "suffix"), value(form, "learning_rate")) == ("tea", None)
    form = await desk.choose(form, "learning_rate", "0.00002")
    form = await desk.choose(form, "model", MINI)
    for name, typed_value in {**typed, "epochs": "4"}.items():
        assert value(form, name) == typed_value, name
    form = await desk.choose(form, "model", LLAMA)
    assert value(form, "learning_rate") == "0.00002"


async def test_training_goes_on_from_the_channels_own_models_on_the_same_base(desk: Desk) -> None:
    here = await desk.file()
    there = await desk.file(channel="C0GENERAL", name="b.jsonl")
    ended: dict[str, Any] = {"status": "succeeded", "finished_at": 5.0}
    tuned = await desk.job(here, **ended, fine_tuned_model="ft:here")
    await desk.job(here, **ended, fine_tuned_model="ft:gone", deleted_at=6.0)
    await desk.job(there, **ended, fine_tuned_model="ft:there")
    form = await desk.choose(await desk.open(), "model", MINI)
    assert options(form, "continue") == [tuned]
    assert element(form, "continue")["options"][0]["text"]["text"] == "ft:here"
    form = await desk.choose(form, "model", TINY)
    assert "continue" not in fields_of(form)


async def test_the_form_says_what_a_base_model_is_not_good_for(desk: Desk) -> None:
    await desk.file()
    form = await desk.choose(await desk.open(), "model", TINY)
    assert "learns this file and knows nothing else" in words(form)
    assert "is trained on files of up to 33.6 MB, and on no tool calls" in words(form)
    form = await desk.choose(form, "model", MINI)
    assert "tool calls" not in words(form)


async def test_validation_files_are_those_of_the_channel_in_the_same_format(desk: Desk) -> None:
    other = await desk.file(name="valid.jsonl")
    await desk.preference_file()
    await desk.file(channel="C0GENERAL", name="there.jsonl")
    await desk.file(name="again.jsonl")
    await desk.file(sha256="1" * 64)
    form = await desk.open()
    assert options(form, "validation") == ["none", "split", other], "the same bytes stand once"
    assert value(form, "validation") == "none"


async def test_a_file_of_few_examples_or_with_a_validation_part_is_not_offered_to_be_split(
    desk: Desk,
) -> None:
    other = await desk.file(name="valid.jsonl")
    await desk.file(chats(19), name="few.jsonl")
    assert options(await desk.open(), "validation") == ["none", other]
    await desk.file(chats(40, 500), name="part.jsonl", validation_id=other)
    form = await desk.open()
    assert "split" not in options(form, "validation")
    assert value(form, "validation") == other


async def test_the_budgets_that_have_a_limit_are_shown_with_what_is_left_of_each(
    desk: Desk,
) -> None:
    settings = desk.services.settings.model_copy(
        update={"monthly_budget_usd": Decimal(80), "monthly_person_budget_usd": Decimal(5)}
    )
    await desk.restart_bot(settings=settings)
    running = await desk.file(name="b.jsonl")
    await desk.job(running, estimated_usd=Decimal(2), created_by="U0BEN")
    await desk.file()
    said = words(await desk.open())
    assert "Left this month: The team $78.00 of $80.00 · You $5.00 of $5.00" in said
    form = await desk.choose(await desk.open("U0BEN"), "model", MINI, "U0BEN")
    assert "You US$3.00 of US$5.00" in words(form)  # as Ben's country writes dollars


@pytest.mark.parametrize(
    ("user", "title"),
    [("U0ALICE", "Start fine-tuning"), ("U0MINJI", "파인튜닝 시작"), ("U0WEI", "开始微调")],
)
async def test_the_form_is_in_the_readers_language_before_and_after_a_choice(
    desk: Desk, user: str, title: str
) -> None:
    await desk.file()
    form = await desk.open(user)
    assert form["title"]["text"] == title
    form = await desk.choose(form, "model", HOSTED, user)
    assert form["title"]["text"] == title
    said = words(form)
    assert "$1.70" in said or "US$1.70" in said, said
    if user != "U0ALICE":
        assert "Training" not in said


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("U0ALICE", "Qwen/Qwen3-8B: 8.2B parameters, 32,768 tokens of context, licence: Apache"),
        ("U0MINJI", "Qwen/Qwen3-8B: 파라미터 8.2B, 컨텍스트 32,768토큰, 라이선스: Apache 2.0"),
        ("U0WEI", "Qwen/Qwen3-8B：参数量 8.2B，上下文 32,768 token，许可证：Apache 2.0"),
    ],
)
async def test_licence_and_size_of_open_weights_stand_in_the_form(
    desk: Desk, user: str, said: str
) -> None:
    catalogue = desk.services.catalogue.copy_of_its_own()
    local = catalogue.providers["local"]
    ours = local.models[0].model_copy(update={"name": "ours-8b", "hub": "Qwen/Qwen3-8B"})
    models = (*local.models, ours)
    catalogue.providers["local"] = local.model_copy(update={"models": models})
    await desk.restart_bot(catalogue=catalogue)
    await desk.file()
    form = await desk.open(user)
    assert said not in words(form)
    assert said in words(await desk.choose(form, "model", "local/ours-8b", user))
