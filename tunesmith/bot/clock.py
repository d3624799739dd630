"""The day that counts as today: the one place that asks for it."""

import os
from datetime import UTC, date, datetime
from functools import cache

from pydantic import ValidationError


@cache
def _set_day(_written: str | None) -> date | None:
    """The setting, read anew where the environment has changed since."""
    # Worker processes are told the day: what reads settings would only take memory in each.
    from pydantic_settings import BaseSettings  # noqa: PLC0415

    from tunesmith.bot.settings import Settings  # noqa: PLC0415

    class Today(BaseSettings):
        """That setting alone: all of them take milliseconds to read, and this is asked often."""

        model_config = Settings.model_config

        today: date | None = None

    return Today().today


def today() -> date:
    """Today in UTC, or the day that TUNESMITH_TODAY sets.

    Raises ConfigurationError where that setting is wrong.
    """
    try:
        return _set_day(os.environ.get("TUNESMITH_TODAY")) or datetime.now(UTC).date()
    except ValidationError:
        from tunesmith.bot.settings import load_settings  # noqa: PLC0415

        load_settings()  # names the setting
        raise
