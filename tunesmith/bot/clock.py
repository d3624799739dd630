"""The day that counts as today: the one place that asks for it."""

import os
from datetime import UTC, date, datetime
from functools import cache

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from tunesmith.bot.settings import Settings, load_settings


class _Today(BaseSettings):
    """That setting alone: all of them take milliseconds to read, and this is asked often."""

    model_config = Settings.model_config

    today: date | None = None


@cache
def _set_day(_written: str | None) -> date | None:
    """The setting, read anew where the environment has changed since."""
    return _Today().today


def today() -> date:
    """Today in UTC, or the day that TUNESMITH_TODAY sets.

    Raises ConfigurationError where that setting is wrong.
    """
    try:
        return _set_day(os.environ.get("TUNESMITH_TODAY")) or datetime.now(UTC).date()
    except ValidationError:
        load_settings()  # names the setting
        raise
