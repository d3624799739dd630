"""Values for a column: those that conditions ask for, those just beside them, and any others."""

import dataclasses
import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tunesmith.bot.answers.metrics.execution.constants import Place, Wanted
from tunesmith.bot.ddl.dialects.profile import ValueKind
from tunesmith.bot.text2sql.annotated_schema import Field
from tunesmith.bot.text2sql.sqltree import TODAY

Value = int | float | str | date | datetime | None

NUMBERS = (ValueKind.INTEGER, ValueKind.BIT, ValueKind.DECIMAL)
_TODAY = datetime.fromisoformat(TODAY)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})"
    r"(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?)?)?"
)
_WORDS = ("alpha", "Beta", "gamma", "delta", "서울", "上海", "x_1", "50%", "O'Hara", "")
_SKEW = 2
_FILLINGS = ("", "a", "Zeta")
# Days back from today, beside those that a query names.
_DAYS_BACK = (0, 1, 2, 3, 6, 7, 8, 14, 29, 30, 31, 45, 90, 180, 364, 365, 366, 400, 700, 1500)


@dataclass
class Pool:
    """What one column may hold. `hits` satisfy a condition, `near` almost do."""

    field: Field
    hits: list[Value] = dataclasses.field(default_factory=list[Value])
    near: list[Value] = dataclasses.field(default_factory=list[Value])

    def other(self, chance: random.Random, *, few: bool) -> Value:
        """Any value of the column's kind: one of a few, or hardly ever the same."""
        if self.field.codes:
            return _number(chance.choice(list(self.field.codes)), self.field.kind)
        return _any(self.field.kind, chance, few=few)


def pool_of(place: Place, one: Field, wanted: list[Wanted]) -> Pool:
    """What a column may hold, from what the queries ask for."""
    pool = Pool(one)
    for query in wanted:
        for text in query.exact.get(place, []):
            _add(pool, text, exact=True)
        for text in query.bounds.get(place, []):
            _add(pool, text, exact=False)
        for pattern in query.patterns.get(place, []):
            _add_pattern(pool, pattern)
        if one.kind in (ValueKind.DATE, ValueKind.DATETIME):
            for days in query.days:
                _add_moment(pool, _TODAY - timedelta(days=days))
        if place in query.nulls:
            pool.near.append(None)
            pool.hits.append(None)
    return pool


def _add(pool: Pool, text: str, *, exact: bool) -> None:
    kind = pool.field.kind
    if kind in NUMBERS or kind is ValueKind.BOOLEAN:
        number = _number(text, kind)
        if isinstance(number, str):
            return
        step = 0.5 if kind is ValueKind.DECIMAL else 1
        pool.hits += [number] if exact else [number + step, number - step, number]
        pool.near += [number, number + step, number - step]
    elif kind in (ValueKind.DATE, ValueKind.DATETIME):
        moment = _moment(text)
        if moment is not None:
            _add_moment(pool, moment)
    else:
        pool.hits += [text] if exact else [f"{text}s", text[:-1], text]
        pool.near += [text, text.swapcase(), f"{text}s", f"a{text}", text[:-1]]


def _add_moment(pool: Pool, moment: datetime) -> None:
    spread = [moment + timedelta(days=days) for days in (0, 1, -1)]
    if pool.field.kind is ValueKind.DATE:
        pool.hits += [one.date() for one in spread]
        pool.near += [one.date() for one in spread]
    else:
        pool.hits += [*spread, moment + timedelta(hours=9, minutes=30)]
        pool.near += [moment + timedelta(seconds=1), moment - timedelta(seconds=1)]


def _add_pattern(pool: Pool, pattern: str) -> None:
    """Texts that a LIKE pattern matches, and such that it matches only in another case."""
    for filling in _FILLINGS:
        text = pattern.replace("%", filling).replace("_", "k")
        pool.hits.append(text)
        pool.near += [text.swapcase(), f"a{text}", f"{text}a"]


def _number(text: str, kind: ValueKind) -> int | float | str:
    """A code or a constant as a number where the column holds numbers; a text that is none."""
    if kind not in NUMBERS and kind is not ValueKind.BOOLEAN:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if abs(number) >= 1 << 53:
        return text
    return number if kind is ValueKind.DECIMAL else int(number)


def _moment(text: str) -> datetime | None:
    """A date, a month or a year, or the number of a month, as a moment."""
    if text.isdigit() and 1 <= int(text) <= 12:
        return datetime(_TODAY.year, int(text), 15)  # noqa: DTZ001 - as databases keep them
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, *clock = (int(part) if part else None for part in found.groups())
    hour, minute, second = (part or 0 for part in clock)
    try:
        return datetime(  # noqa: DTZ001 - as databases keep them
            year or 1, month or 6, day or 15, hour, minute, second
        )
    except ValueError:
        return None


def _any(kind: ValueKind, chance: random.Random, *, few: bool) -> Value:
    match kind:
        case ValueKind.BOOLEAN | ValueKind.BIT:
            return chance.randrange(2)
        case ValueKind.INTEGER:
            return 1 + int(4 * chance.random() ** _SKEW) if few else chance.randrange(1, 5000)
        case ValueKind.DECIMAL:
            return chance.randrange(1, 5) / 2 if few else chance.randrange(1, 500_000) / 100
        case ValueKind.DATE:
            return _any_moment(chance, few=few).date()
        case ValueKind.DATETIME:
            return _any_moment(chance, few=few)
        case _:
            return _any_text(chance, few=few)


def _any_moment(chance: random.Random, *, few: bool) -> datetime:
    if few:
        return _TODAY - timedelta(days=chance.choice(_DAYS_BACK[:6]), hours=chance.randrange(4))
    days = chance.choice(_DAYS_BACK) + chance.randrange(20)
    return _TODAY - timedelta(days=days, minutes=chance.randrange(1440))


def _any_text(chance: random.Random, *, few: bool) -> str:
    if few:
        # Some words more often than others, so that groups are not all of one size.
        return _WORDS[int(len(_WORDS) * chance.random() ** _SKEW)]
    return f"{chance.choice(_WORDS)}{chance.randrange(1000)}"
