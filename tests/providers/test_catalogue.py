"""The catalogue: what ships, and what a team lays over it."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.lifetime import can_train

MINI = "gpt-4.1-mini-2025-04-14"


def test_the_catalogue_that_ships_is_sound_and_names_its_sources() -> None:
    for name, provider in load_catalogue().providers.items():
        assert provider.source, name
        assert provider.min_examples >= 1
        for model in provider.models:
            assert model.methods, model.name


def test_the_page_on_base_models_says_of_open_weights_what_the_catalogue_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "base-models.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| [")]
    told = {re.findall(r"huggingface\.co/([^)]+)", row[0])[0]: row[1:6] for row in rows}
    for hub, known in load_catalogue().weights.items():
        *about, memory = told.pop(hub)
        assert about == [known.size, known.context, known.languages, known.licence]
        least = [float(one) for one in re.findall(r"([\d.]+) GB", memory)]
        assert least == [one for one in (known.lora_gb, known.lora_4bit_gb) if one is not None]
    assert told == {}


def test_a_teams_file_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    ours = tmp_path / "catalogue.toml"
    ours.write_text(
        f'[providers.openai]\ntitle = "Our proxy"\n'
        f'[[providers.openai.models]]\nname = "{MINI}"\ntrain_usd = "4"\n'
        '[[providers.nebius.models]]\nname = "llama"\nencoding = "o200k_base"\n'
        'methods = ["supervised"]\n'
    )
    providers = load_catalogue(ours).providers
    assert providers["openai"].title == "Our proxy"
    changed = providers["openai"].model(MINI)
    assert changed is not None
    assert (changed.train_usd, changed.output_usd) == (Decimal(4), Decimal("3.20"))
    assert len(providers["openai"].models) == len(load_catalogue().providers["openai"].models)
    assert providers["nebius"].model("llama") is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml =", "can't be read"),
        ("[providers.openai]\nmin_examples = 'ten'\n", "min_examples"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_that_is_wrong(
    tmp_path: Path, text: str, said: str
) -> None:
    wrong = tmp_path / "catalogue.toml"
    wrong.write_text(text)
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_catalogue(wrong)
    assert str(tmp_path) not in str(refused.value)


def test_no_job_can_be_created_after_the_providers_last_day() -> None:
    openai = load_catalogue().providers["openai"]
    mini = openai.model(MINI)
    assert mini is not None
    assert can_train(openai, mini, date(2027, 1, 6))
    assert not can_train(openai, mini, date(2027, 1, 7))


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(4, 25), (10, 10), (15, 6), (33, 3), (34, 3), (8_333, 3), (8_334, 2), (30_000, 1)],
)
def test_default_epochs_follow_the_cookbooks_rule(examples: int, epochs: int) -> None:
    assert load_catalogue().providers["openai"].epochs(examples) == epochs


def test_where_only_the_provider_knows_its_epochs_none_are_guessed() -> None:
    assert load_catalogue().providers["local"].epochs(100) is None


def test_the_local_trainer_offers_no_dpo_on_a_model_that_has_learnt_nothing() -> None:
    base_model = load_catalogue().providers["local"].model("tiny-1m-scratch")
    assert base_model is not None
    assert base_model.methods == ("supervised",)


def test_what_nobody_chose_is_not_sent_and_the_rest_by_the_providers_names() -> None:
    providers = load_catalogue().providers
    assert providers["openai"].hyperparameters(None, None) == {}
    assert providers["openai"].hyperparameters(3, 0.5) == {
        "n_epochs": 3,
        "learning_rate_multiplier": 0.5,
    }
    assert providers["nebius"].hyperparameters(None, 2e-5) == {"learning_rate": 2e-5}
