"""Settings: environment variables that start with TUNESMITH_, and an `.env` file."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say


class SlackSettings(BaseModel):
    """How the bot reaches Slack. `app_token` is for Socket Mode, `signing_secret` for HTTP."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    api_url: str = "https://slack.com/api/"


class ProviderSettings(BaseModel):
    """A team's access to one provider of the catalogue."""

    api_key: SecretStr
    base_url: str | None = None


class Settings(BaseSettings):
    """All settings; a nested one is written with two underscores.

    For example TUNESMITH_SLACK__BOT_TOKEN, or TUNESMITH_PROVIDERS__AZURE__API_KEY.
    """

    model_config = SettingsConfigDict(
        env_prefix="TUNESMITH_", env_nested_delimiter="__", env_file=".env", extra="ignore"
    )

    slack: SlackSettings = Field(default_factory=SlackSettings)
    providers: dict[str, ProviderSettings] = Field(default_factory=dict[str, ProviderSettings])
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    data_dir: Path = Path("data")
    database_url: str | None = None
    catalogue: Path | None = None
    health_port: int | None = None
    health_host: str = "127.0.0.1"
    log_format: Literal["text", "json"] = "text"
    http_port: int | None = Field(default=None, ge=1, le=65_535)
    http_host: str = "127.0.0.1"
    monthly_budget_usd: Decimal | None = None
    lease_seconds: float = 15
    explain_database_url: SecretStr | None = None
    today: date | None = None

    @model_validator(mode="after")
    def _openai_key_is_a_provider(self) -> "Settings":
        if self.openai_api_key and "openai" not in self.providers:
            self.providers["openai"] = ProviderSettings(api_key=self.openai_api_key)
        return self

    @property
    def files(self) -> Path:
        """The folder of training files, each named by its SHA-256."""
        return self.data_dir / "files"


def load_settings() -> Settings:
    """Read the settings. Raises ConfigurationError that names the setting which is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "__".join(str(part) for part in first["loc"]).upper()
        said = say("setting.wrong", name=f"TUNESMITH_{name}", said=first["msg"])
        raise ConfigurationError(said) from error
