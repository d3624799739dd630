"""What could not be told is listed for who asked for it."""

import json
from typing import Any

from sqlalchemy import update

from tests.support.rows import add_rows, dataset_row
from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import say, text_for, to_stored
from tunesmith.handlers.home.blocks import Home, home_blocks
from tunesmith.handlers.slack.mrkdwn import escape
from tunesmith.storage import tasks
from tunesmith.storage.clock import now
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks as table
from tunesmith.storage.untold import Untold, untold

NOT_IN_CHANNEL = to_stored(SlackError("not_in_channel").message)
WEEK = 7 * 86_400.0


async def _ended(database: Database, error: str | None, **payload: Any) -> int:
    async with database.write() as connection:
        key = json.dumps(payload)
        await tasks.add(connection, key=key, kind="k", place="tell", payload=payload)
        [task] = await tasks.claim(connection, owner="w", lease=60, kinds=["k"], places={"tell": 1})
        await tasks.finish(connection, task, error)
        return task.id


async def _listed(database: Database, user: str) -> list[Untold]:
    async with database.read() as connection:
        return await untold(connection, user=user, seconds=WEEK, most=10)


async def test_it_is_listed_for_who_asked_newest_first_for_a_week(database: Database) -> None:
    await add_rows(database, dataset_row("d", channel="C2", name="train.jsonl"))
    await _ended(database, None, user="U1", channel="C1", name="told.jsonl")
    await _ended(database, NOT_IN_CHANNEL, user="U2", channel="C1", name="theirs.jsonl")
    await _ended(database, NOT_IN_CHANNEL, user="U1", channel="C1", question="How many?")
    await _ended(database, NOT_IN_CHANNEL, dataset_id="d")
    old = await _ended(database, NOT_IN_CHANNEL, user="U1", channel="C1", name="old.jsonl")
    async with database.write() as connection:
        long_ago = update(table).where(table.c.id == old).values(done_at=now() - WEEK - 1)
        await connection.execute(long_ago)
    listed = await _listed(database, "U1")
    assert [(each.file, each.question, each.channel) for each in listed] == [
        ("train.jsonl", None, "C2"),
        (None, "How many?", "C1"),
    ]


async def test_home_says_what_where_when_and_why_in_the_readers_language(
    database: Database,
) -> None:
    await _ended(database, NOT_IN_CHANNEL, user="U1", channel="C1", name="a<b.jsonl")
    [listed] = await _listed(database, "U1")
    failed = Untold(
        file=None,
        question=None,
        channel=None,
        error=NOT_IN_CHANNEL,
        given_up=to_stored(say("common.broke_off_each_time")),
        done_at=listed.done_at,
    )
    for locale, title in (("en-US", "What could not be told"), ("ko-KR", "전하지 못한 내용")):
        text = text_for(locale).escaping(escape)
        blocks = home_blocks(text, Home(untold=[listed, failed]))
        words = [block["text"]["text"] for block in blocks if "text" in block]
        at = words.index(title)
        assert words[at + 1].startswith("*a&lt;b.jsonl* · <#C1> · <!date^")
        assert words[at + 1].endswith(text(SlackError("not_in_channel").message))
        assert text(say("common.broke_off_each_time")) in words[at + 2]
    assert "could not be told" not in json.dumps(home_blocks(text_for("en"), Home()))
