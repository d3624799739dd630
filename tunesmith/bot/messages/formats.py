"""How values are written in a locale. Babel knows the locales; it is loaded when first needed."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from babel import Locale


@cache
def locale(name: str, otherwise: str) -> "Locale":
    """Babel's locale of that name, or `otherwise` where it is of another language or unknown."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - most commands format nothing

    try:
        found = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(otherwise)
    return found if otherwise.startswith(found.language) else Locale.parse(otherwise)


def written(value: Any, how: str, where: "Callable[[], Locale]") -> str:
    """A value as its placeholder asks for: `{count}`, `{price:usd}`, `{loss:3}`.

    Raises KeyError for a format that is none of FORMATS.
    """
    if how.isdecimal():
        return _decimal(value, where(), f"#,##0.{'0' * int(how)}".rstrip("."))
    return FORMATS[how](value, where())


def _decimal(value: Any, where: "Locale", pattern: str | None = None) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    return format_decimal(value, format=pattern, locale=where)


def _plain(value: Any, where: "Locale") -> str:
    if isinstance(value, list):
        return _listed(cast("list[str]", value), where, "standard")
    return _decimal(value, where) if isinstance(value, int | float | Decimal) else str(value)


def _listed(values: Sequence[str], where: "Locale", style: Literal["standard", "or"]) -> str:
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(values, style=style, locale=where)


def _percent(value: float, where: "Locale") -> str:
    from babel.numbers import format_percent  # noqa: PLC0415

    return format_percent(value, format="#,##0.#%", locale=where)


def _usd(value: Decimal | str | float, where: "Locale") -> str:
    """Cents, and for less than a dollar the first three digits that count."""
    from babel.numbers import format_currency  # noqa: PLC0415

    amount = Decimal(str(value))
    if 0 < abs(amount) < 1:
        amount = Decimal(f"{amount:.3g}")
        pattern = "¤0.00########"
        return format_currency(amount, "USD", format=pattern, locale=where, currency_digits=False)
    return format_currency(amount, "USD", locale=where)


def _date(value: date | str, where: "Locale") -> str:
    from babel.dates import format_date  # noqa: PLC0415

    day = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(day, "medium", locale=where)


def _unit(value: float, name: str, where: "Locale") -> str:
    from babel.units import format_unit  # noqa: PLC0415

    return format_unit(value, name, length="short", format="#,##0.#", locale=where)


def _size(count: int, where: "Locale") -> str:
    for unit, bytes_each in (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3)):
        if count >= bytes_each:
            return _unit(count / bytes_each, f"digital-{unit}", where)
    return _unit(count, "digital-byte", where)


def _duration(seconds: float, where: "Locale") -> str:
    """A span of time in the one unit that says most."""
    if seconds < 90:
        return _unit(round(seconds), "duration-second", where)
    if seconds < 5_400:
        return _unit(round(seconds / 60), "duration-minute", where)
    return _unit(seconds / 3_600, "duration-hour", where)


FORMATS: "dict[str, Callable[[Any, Locale], str]]" = {
    "": _plain,  # a number in groups; a list with "and"
    "or": lambda values, where: _listed(values, where, "or"),
    "names": lambda values, _: ", ".join(values),  # a list of identifiers
    "id": lambda value, _: str(value),  # a number that is a name
    "percent": _percent,  # of a share from 0 to 1
    "usd": _usd,
    "date": _date,  # of a date, or its ISO text
    "size": _size,  # of bytes
    "duration": _duration,  # of seconds
}
"""How a value is written, by what stands behind the colon of its placeholder; beside these, a
number of digits after the decimal point."""
