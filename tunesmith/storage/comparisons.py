"""The comparisons table: one question to several models; where each answer stands, and votes."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert
from tunesmith.storage.tables import comparison_places as places
from tunesmith.storage.tables import comparison_votes as votes
from tunesmith.storage.tables import comparisons


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question to several models; `thread` is None where it stands in the channel itself.

    `job_id` is the job by whose data all answers are checked. `estimated_usd` is what they cost if
    each has `longest_answer` tokens, None where that is not known. `begun_at` is when the models
    were asked, `shown_at` when everybody was shown who answered what.
    """

    id: str
    team: str
    channel: str
    thread: str | None
    asked_by: str
    question: str
    job_id: str | None = None
    estimated_usd: Decimal | None = None
    longest_answer: int | None = None
    created_at: float = 0
    begun_at: float | None = None
    shown_at: float | None = None
    shown_by: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Who answers at a `place` (0 for A): `model_ref` is `AskedModel.ref`, votes for the same
    `model` are counted together, `shown` is what people read. `failed` is why there is no answer,
    as a stored message.
    """

    comparison_id: str
    place: int
    model: str
    model_ref: str
    shown: str
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """Which answer somebody holds to be the best, None for a tie. `seen_at` is when they were shown
    the names: from then on it counts and stays.
    """

    comparison_id: str
    person: str
    place: int | None
    seen_at: float | None = None


class Meeting(NamedTuple):
    """How often people preferred one model's answer to another's, or neither."""

    one: str
    other: str
    won: int
    lost: int
    ties: int


_columns = [comparisons.c[name] for name in Comparison.__dataclass_fields__]
_entry_columns = [places.c[name] for name in Entry.__dataclass_fields__]
_vote_columns = [votes.c[name] for name in Vote.__dataclass_fields__]


async def add(
    connection: AsyncConnection, comparison: Comparison, entries: Sequence[Entry]
) -> bool:
    """Write a comparison with its entries. False where there is one of that id."""
    statement = insert(connection, comparisons).values(asdict(comparison) | {"created_at": now()})
    added = await connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
    if added.rowcount == 1:
        await connection.execute(insert(connection, places), [asdict(entry) for entry in entries])
    return added.rowcount == 1


async def get(
    connection: AsyncConnection, comparison_id: str, *, lock: bool = False
) -> Comparison | None:
    """The comparison of that id. With `lock` it stays as it is until the transaction ends."""
    statement = select(*_columns).where(comparisons.c.id == comparison_id)
    statement = statement.with_for_update() if lock else statement
    row = (await connection.execute(statement)).mappings().first()
    return Comparison(**row) if row else None


async def note_price(
    connection: AsyncConnection, comparison_id: str, usd: Decimal | None, longest_answer: int
) -> None:
    """Note what a comparison costs if each answer has so many tokens."""
    statement = update(comparisons).where(comparisons.c.id == comparison_id)
    values = {"estimated_usd": usd, "longest_answer": longest_answer}
    await connection.execute(statement.values(**values))


async def begin(connection: AsyncConnection, comparison_id: str) -> bool:
    """Note that the models are asked. False where they were before."""
    statement = update(comparisons).where(
        comparisons.c.id == comparison_id, comparisons.c.begun_at.is_(None)
    )
    return (await connection.execute(statement.values(begun_at=now()))).rowcount == 1


async def show(connection: AsyncConnection, comparison_id: str, person: str) -> bool:
    """Note that everybody is shown the names. False where they were before."""
    statement = update(comparisons).where(
        comparisons.c.id == comparison_id, comparisons.c.shown_at.is_(None)
    )
    shown = await connection.execute(statement.values(shown_at=now(), shown_by=person))
    return shown.rowcount == 1


async def entries_of(connection: AsyncConnection, comparison_id: str) -> list[Entry]:
    """Who answers, by place."""
    statement = select(*_entry_columns).where(places.c.comparison_id == comparison_id)
    found = await connection.execute(statement.order_by(places.c.place))
    return [Entry(**row) for row in found.mappings()]


async def fail(connection: AsyncConnection, comparison_id: str, place: int, reason: str) -> None:
    """Note why there is no answer at a place."""
    is_it = and_(places.c.comparison_id == comparison_id, places.c.place == place)
    await connection.execute(update(places).where(is_it).values(failed=reason))


async def vote(connection: AsyncConnection, new: Vote) -> bool:
    """Note a vote in place of that person's last one. False where that one stays."""
    statement = insert(connection, votes).values(asdict(new) | {"created_at": now()})
    noted = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["comparison_id", "person"],
            set_={"place": statement.excluded.place, "created_at": now()},
            where=votes.c.seen_at.is_(None),
        )
    )
    return noted.rowcount == 1


async def see(connection: AsyncConnection, comparison_id: str, person: str) -> None:
    """Note that somebody who has voted is shown the names."""
    is_it = and_(votes.c.comparison_id == comparison_id, votes.c.person == person)
    statement = update(votes).where(is_it, votes.c.seen_at.is_(None))
    await connection.execute(statement.values(seen_at=now()))


async def votes_of(connection: AsyncConnection, comparison_id: str) -> list[Vote]:
    """The votes of a comparison, the oldest first."""
    statement = select(*_vote_columns).where(votes.c.comparison_id == comparison_id)
    found = await connection.execute(statement.order_by(votes.c.created_at, votes.c.person))
    return [Vote(**row) for row in found.mappings()]


async def meetings(
    connection: AsyncConnection, team: str, channels: Collection[str]
) -> list[Meeting]:
    """How models did against each other by the votes of these channels that count, by pair.

    A vote counts once its person, or everybody, was shown the names. Against one best answer all
    others lost; a tie is one of each pair.
    """
    one, other = places.alias("one"), places.alias("other")
    counted = and_(
        comparisons.c.team == team,
        comparisons.c.channel.in_(channels),
        or_(votes.c.seen_at.is_not(None), comparisons.c.shown_at.is_not(None)),
    )
    met = and_(
        other.c.comparison_id == one.c.comparison_id,
        one.c.model < other.c.model,
        one.c.failed.is_(None),
        other.c.failed.is_(None),
    )
    statement: Any = (
        select(
            one.c.model,
            other.c.model,
            func.count().filter(votes.c.place == one.c.place),
            func.count().filter(votes.c.place == other.c.place),
            func.count().filter(votes.c.place.is_(None)),
        )
        .select_from(comparisons)
        .join(votes, votes.c.comparison_id == comparisons.c.id)
        .join(one, one.c.comparison_id == comparisons.c.id)
        .join(other, met)
        .where(counted)
        .group_by(one.c.model, other.c.model)
        .order_by(one.c.model, other.c.model)
    )
    found = [Meeting(*row) for row in await connection.execute(statement)]
    return [each for each in found if each.won + each.lost + each.ties]


async def names(connection: AsyncConnection, models: Collection[str]) -> dict[str, str]:
    """What people read for these models, by what names them in `Meeting`."""
    statement = select(places.c.model, func.max(places.c.shown).label("shown")).where(
        places.c.model.in_(models)
    )
    found = await connection.execute(statement.group_by(places.c.model))
    return {row.model: row.shown for row in found}
