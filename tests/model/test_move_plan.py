"""What moving a model to another provider takes along, and what it can't translate."""

from datetime import date
from typing import Any

import pytest

from tests.support.rows import dataset_row, job_row
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs import move
from tunesmith.bot.jobs.move import Plan, Setting
from tunesmith.bot.messages import LANGUAGES, text_for
from tunesmith.bot.providers.catalogue import BaseModelEntry, load_catalogue
from tunesmith.storage.jobs import Job, JobStatus

CATALOGUE = load_catalogue()
MINI, BIG = "gpt-4.1-mini-2025-04-14", "gpt-4.1-2025-04-14"
AFTER = date(2027, 1, 15)


def _job(**values: Any) -> Job:
    ended = {"status": JobStatus.SUCCEEDED, "fine_tuned_model": f"ft:{MINI}:shop::1"}
    return job_row(dataset_row(), **{"provider": "openai", "base_model": MINI, **ended, **values})


def _offer(provider: str, model: str) -> Offer:
    entry = CATALOGUE.providers[provider].model(model)
    entry = entry or BaseModelEntry(name=model, encoding="o200k_base", methods=("supervised",))
    return Offer(provider, CATALOGUE.providers[provider], entry)


def _plan(job: Job, provider: str, model: str) -> Plan:
    return move.plan(CATALOGUE, job, "supervised", _offer(provider, model), None)


def _setting(plan: Plan, name: str) -> Setting:
    return next(setting for setting in plan.settings if setting.name == name)


def test_the_same_model_elsewhere_is_offered_first_and_a_provider_that_closed_not_at_all() -> None:
    connected = ["local", "azure", "openai"]
    offers = move.offers(CATALOGUE, connected, _job(), "supervised", AFTER)
    assert (offers[0].name, offers[0].entry.name) == ("azure", MINI)
    assert {offer.name for offer in offers} == {"local", "azure"}
    assert offers[1].entry.name == BIG or offers[1].entry.name.startswith("gpt-4.1")


def test_only_what_trains_with_the_same_method_is_offered() -> None:
    offers = move.offers(CATALOGUE, ["local", "azure"], _job(), "dpo", AFTER)
    assert offers
    assert all("dpo" in offer.entry.methods for offer in offers)


def test_all_settings_go_along_to_the_same_model_elsewhere() -> None:
    chosen = {"n_epochs": 4, "learning_rate_multiplier": 0.5, "batch_size": 8}
    plan = _plan(_job(hyperparameters=chosen, suffix="barista", seed=7), "azure", MINI)
    assert plan.hyperparameters == chosen
    assert (plan.suffix, plan.seed) == ("barista", 7)
    assert all(setting.before == setting.after for setting in plan.settings[1:])


def test_a_multiplier_of_an_unpublished_rate_is_not_translated_and_the_reason_is_said() -> None:
    job = _job(hyperparameters={"n_epochs": 3, "learning_rate_multiplier": 2.0})
    for provider, model in (("local", "tiny-1m-scratch"), ("nebius", "llama")):
        plan = _plan(job, provider, model)
        assert plan.hyperparameters == {"n_epochs": 3}
        setting = _setting(plan, "multiplier")
        assert setting.before == "2"
        assert setting.why is not None
        assert "no exact translation" in text_for("en")(setting.why)


def test_an_absolute_rate_goes_along_to_who_takes_one_and_to_nobody_else() -> None:
    job = _job(provider="nebius", base_model="llama", hyperparameters={"learning_rate": 2e-5})
    assert _plan(job, "local", "tiny-1m-scratch").hyperparameters == {}
    other = load_catalogue().providers["nebius"].model_copy(update={"title": "Another"})
    offer = Offer("another", other, _offer("nebius", "qwen").entry)
    assert move.plan(CATALOGUE, job, "supervised", offer, None).hyperparameters == {
        "learning_rate": 2e-5
    }


def test_epochs_above_the_other_providers_most_are_lowered_and_said() -> None:
    azure = CATALOGUE.providers["azure"].model_copy(update={"max_epochs": 5})
    offer = Offer("azure", azure, _offer("azure", MINI).entry)
    plan = move.plan(CATALOGUE, _job(hyperparameters={"n_epochs": 9}), "supervised", offer, None)
    assert plan.hyperparameters == {"n_epochs": 5}
    assert _setting(plan, "epochs").why is not None


def test_a_suffix_keeps_only_the_letters_that_the_other_provider_takes() -> None:
    plan = _plan(_job(suffix="barista.v2"), "azure", MINI)
    assert plan.suffix == "barista-v2"
    assert _setting(plan, "suffix").why is not None
    assert _plan(_job(suffix="barista"), "bedrock", "qwen").suffix is None


def test_what_training_went_on_from_stays_and_is_said() -> None:
    setting = _setting(_plan(_job(continued_from="ft:x"), "azure", MINI), "continued_from")
    assert (setting.before, setting.after) == ("ft:x", None)
    assert setting.why is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_name_has_words(language: str) -> None:
    text = text_for(language)
    job = _job(
        hyperparameters={"n_epochs": 3, "learning_rate_multiplier": 2.0, "batch_size": 4},
        suffix="a.b",
        seed=1,
        continued_from="ft:x",
        integrations=[{"type": "wandb", "wandb": {"project": "shop"}}],
    )
    for provider, model in (("azure", BIG), ("local", "tiny-1m-scratch"), ("bedrock", "qwen")):
        plan = _plan(job, provider, model)
        for setting in plan.settings:
            assert text(f"move.setting_{setting.name}")
            assert setting.why is None or text(setting.why)
