"""The day that counts as today: the one place that asks for it."""

from datetime import UTC, date, datetime

from tunesmith.bot.settings import load_settings


def today() -> date:
    """Today in UTC, or the day that TUNESMITH_TODAY sets.

    Raises ConfigurationError where a setting is wrong.
    """
    return load_settings().today or datetime.now(UTC).date()
