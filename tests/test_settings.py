"""Settings out of the environment."""

from pathlib import Path

import pytest

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.providers import connect
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_openais_own_variable_connects_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert load_settings().providers["openai"].api_key.get_secret_value() == "sk-secret"


def test_an_env_file_is_read_and_secrets_do_not_show(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "TUNESMITH_SLACK__BOT_TOKEN=xoxb-hidden\nTUNESMITH_PROVIDERS__AZURE__API_KEY=az-hidden\n"
    )
    settings = load_settings()
    assert settings.slack.bot_token.get_secret_value() == "xoxb-hidden"
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PORT", "eighty"),
        ("HEALTH_PORT", "98765"),
        ("LEASE_SECONDS", "-0.77"),
        ("MONTHLY_BUDGET_USD", "-77"),
        ("MONTHLY_BUDGET_USD", "NaN"),
        ("SLACK__API_URL", "slack.example/api"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TUNESMITH_{name}", value)
    with pytest.raises(ConfigurationError, match=f"TUNESMITH_{name}") as refused:
        load_settings()
    assert value not in str(refused.value)


async def test_a_provider_without_an_address_is_refused_with_the_setting_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TUNESMITH_PROVIDERS__AZURE__API_KEY", "k")
    with pytest.raises(ConfigurationError, match="TUNESMITH_PROVIDERS__AZURE__BASE_URL"):
        connect(Settings(), load_catalogue())


def test_a_provider_that_is_not_in_the_catalogue_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TUNESMITH_PROVIDERS__NOBODY__API_KEY", "k")
    with pytest.raises(ConfigurationError, match="nobody is not in the catalogue"):
        connect(Settings(), load_catalogue())
