"""Settings: environment variables that start with TUNESMITH_, and an `.env` file."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.bot.quiet_hours import QuietHours

# Ids of people begin with U or W, those of user groups with S
# (docs.slack.dev/reference/objects/user-object, .../usergroup-object, read 2026-11-22).
_IDS = "[USW][A-Z0-9]+(,[USW][A-Z0-9]+)*"


class SlackSettings(BaseModel):
    """How the bot reaches Slack. `app_token` is for Socket Mode, `signing_secret` for HTTP."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    api_url: str = Field(default="https://slack.com/api/", pattern="^https?://[^/]")


class ProviderSettings(BaseModel):
    """A team's access to one provider of the catalogue. `webhook_secret` is what the provider signs
    its webhooks with, as it shows it (`whsec_…`).
    """

    api_key: SecretStr
    base_url: str | None = None
    webhook_secret: SecretStr | None = None


class PermissionSettings(BaseModel):
    """Who may do what with jobs: `everyone`, or ids of people and user groups with commas between.

    `own` is only who started the job, who may do these things in any case. Nobody approves unless
    they are named here.
    """

    start: str = Field(default="everyone", pattern=f"^(everyone|{_IDS})$")
    cancel: str = Field(default="own", pattern=f"^(everyone|own|{_IDS})$")
    pause: str = Field(default="own", pattern=f"^(everyone|own|{_IDS})$")
    resume: str = Field(default="own", pattern=f"^(everyone|own|{_IDS})$")
    delete: str = Field(default="own", pattern=f"^(everyone|own|{_IDS})$")
    move: str = Field(default="own", pattern=f"^(everyone|own|{_IDS})$")
    approve: str = Field(default="", pattern=f"^(|everyone|{_IDS})$")

    @property
    def groups(self) -> frozenset[str]:
        """The ids of all user groups that are named."""
        named: list[str] = list(self.model_dump().values())
        return frozenset(name for who in named for name in who.split(",") if name.startswith("S"))


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
    health_port: int | None = Field(default=None, ge=1, le=65_535)
    health_host: str = "127.0.0.1"
    log_format: Literal["text", "json"] = "text"
    http_port: int | None = Field(default=None, ge=1, le=65_535)
    http_host: str = "127.0.0.1"
    permissions: PermissionSettings = Field(default_factory=PermissionSettings)
    monthly_budget_usd: Decimal | None = Field(default=None, ge=0)
    monthly_channel_budget_usd: Decimal | None = Field(default=None, ge=0)
    monthly_person_budget_usd: Decimal | None = Field(default=None, ge=0)
    person_questions_per_hour: int | None = Field(default=None, ge=1)
    channel_questions_per_hour: int | None = Field(default=None, ge=1)
    golden_usd: Decimal = Field(default=Decimal("0.10"), ge=0)
    mention_approvers: bool = True
    mention_starter: bool = True
    quiet_hours: (
        Annotated[InstanceOf[QuietHours], NoDecode, BeforeValidator(QuietHours.parse)] | None
    ) = None
    lease_seconds: float = Field(default=15, ge=1)
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
