"""The answers table: what models said, kept from before it is delivered."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.storage.clock import now
from tunesmith.storage.database import insert_of
from tunesmith.storage.tables import answers, jobs

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to the question of the task `key`, and how many seconds it took.

    `finish_reason` is the provider's word for how it ended (`stop`, `length`, ...), or None where
    it broke off. `provider`, `model`, `shown` and `model_ref` are of the `AskedModel` that was
    asked; `settings` is what was chosen for the question (`system`, `temperature`, `most_tokens`:
    the arguments of `build`). `first_seconds` is until its first text. Tokens and
    `usd` are None where they are not known. `tool_calls` holds objects of `id`, `name` and
    `arguments`, `labels` how likely each class is. `thread` is where it stands, `conversation` the
    key of the first question where this one went on from it.
    """

    key: str
    text: str
    seconds: float
    job_id: str | None
    finish_reason: str | None = None
    team: str | None = None
    channel: str | None = None
    thread: str | None = None
    asked_by: str | None = None
    question: str | None = None
    provider: str | None = None
    model: str | None = None
    shown: str | None = None
    model_ref: str | None = None
    settings: dict[str, Any] | None = None
    first_seconds: float | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    usd: Decimal | None = None
    tool_calls: list[dict[str, str]] | None = None
    labels: dict[str, float] | None = None
    conversation: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the model came to its end."""
        return self.finish_reason is not None


_columns = [answers.c[name] for name in Answer.__dataclass_fields__]
_KEY = bindparam("of_key", type_=answers.c.key.type)
_GET = select(*_columns).where(answers.c.key == _KEY)
_OF_CONVERSATION = (
    select(*_columns)
    .where(
        or_(answers.c.key == _KEY, answers.c.conversation == _KEY),
        answers.c.finish_reason.is_not(None),
    )
    .order_by(answers.c.created_at)
)


async def get(connection: AsyncConnection, key: str) -> Answer | None:
    """The answer to that question, as far as it is kept."""
    row = (await connection.execute(_GET, {"of_key": key})).mappings().first()
    return Answer(**row) if row else None


async def keep(connection: AsyncConnection, answer: Answer) -> None:
    """Keep an answer. Of answers that broke off the longest is kept, of whole ones the first."""
    await connection.execute(_kept(connection.dialect.name), asdict(answer))


@cache
def _kept(dialect: str) -> Any:
    statement = insert_of(dialect, answers).values(created_at=now())
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={name: new[name] for name in Answer.__dataclass_fields__ if name != "key"},
        where=answers.c.finish_reason.is_(None)
        & or_(
            new.finish_reason.is_not(None),
            func.length(new.text) > func.length(answers.c.text),
        ),
    )


async def set_thread(connection: AsyncConnection, key: str, thread: str) -> None:
    """Note the thread in which an answer stands, or in which people go on from it."""
    await connection.execute(update(answers).where(answers.c.key == key).values(thread=thread))


async def of_conversation(connection: AsyncConnection, key: str) -> list[Answer]:
    """The whole answers of the conversation that the question of that key began, oldest first."""
    rows = (await connection.execute(_OF_CONVERSATION, {"of_key": key})).mappings()
    return [Answer(**row) for row in rows]


async def spending(connection: AsyncConnection, since: float, match: dict[str, str]) -> Decimal:
    """USD since then of answers whose columns equal `match`, as far as their price is known."""
    usd = type_coerce(func.coalesce(func.sum(answers.c.usd), 0), answers.c.usd.type)
    statement = select(usd).where(answers.c.created_at >= since).filter_by(**match)
    return Decimal((await connection.execute(statement)).scalar_one())


async def asked_in(connection: AsyncConnection, team: str, channel: str, days: int) -> int:
    """How many answers models of a channel have given in the last `days`."""
    statement = (
        select(func.count())
        .select_from(answers.join(jobs, jobs.c.id == answers.c.job_id))
        .where(
            jobs.c.team == team,
            jobs.c.channel == channel,
            answers.c.created_at >= now() - days * _DAY_SECONDS,
        )
    )
    return (await connection.execute(statement)).scalar_one()


async def last_asked(connection: AsyncConnection, provider: str) -> dict[str, float]:
    """When each team that has asked a tuned model of a provider last did so, by team."""
    is_base = func.coalesce(answers.c.model_ref, "").startswith("base ")
    statement = (
        select(jobs.c.team, func.max(answers.c.created_at).label("asked"))
        .join_from(answers, jobs, answers.c.job_id == jobs.c.id)
        .where(jobs.c.provider == provider, ~is_base)
        .group_by(jobs.c.team)
    )
    return {row.team: row.asked for row in (await connection.execute(statement)).all()}
