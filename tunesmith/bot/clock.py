"""The day that counts as today: the one place that asks for it."""

from datetime import UTC, date, datetime

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from tunesmith.bot.settings import Settings, load_settings


class _Today(BaseSettings):
    """That setting alone: all of them take milliseconds to read, and this is asked often."""

    model_config = Settings.model_config

    today: date | None = None


def today() -> date:
    """Today in UTC, or the day that TUNESMITH_TODAY sets.

    Raises ConfigurationError where that setting is wrong.
    """
    try:
        return _Today().today or datetime.now(UTC).date()
    except ValidationError:
        load_settings()  # names the setting
        raise
