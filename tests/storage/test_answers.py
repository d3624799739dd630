"""Answers that are kept, and which message is whose."""

from tunesmith.storage import answers, messages
from tunesmith.storage.answers import Answer
from tunesmith.storage.database import Database


async def test_the_longest_half_is_kept_and_a_whole_answer_stays(database: Database) -> None:
    async def keep(text: str, finish_reason: str | None) -> str:
        async with database.write() as connection:
            await answers.keep(connection, Answer("k", text, 1.0, "job", finish_reason))
            kept = await answers.get(connection, "k")
        assert kept is not None
        assert kept.is_whole is (kept.finish_reason is not None)
        return kept.text

    assert await keep("a longer half", None) == "a longer half"
    assert await keep("a half", None) == "a longer half"
    assert await keep("whole", "stop") == "whole"
    assert await keep("another one, longer", "stop") == "whole"
    assert await keep("a half that came too late", None) == "whole"


async def test_a_message_is_noted_for_one_key_only(database: Database) -> None:
    async with database.write() as connection:
        assert await messages.add(connection, "answer:a", "C1", "1.0")
        assert not await messages.add(connection, "answer:b", "C1", "1.0")
        assert not await messages.add(connection, "answer:a", "C1", "2.0")
        assert await messages.add(connection, "answer:b", "C1", "2.0")
        assert await messages.posted(connection, "answer:a") == "1.0"
