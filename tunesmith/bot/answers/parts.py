"""Answers that came in parts: each goes on with the one before it, and holds that one's text."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.prompt import Turn
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer


def turns(said: Sequence[Answer]) -> list[Turn]:
    """A conversation, oldest first; an answer in parts is one turn."""
    found: list[Turn] = []
    for one in said:
        if not one.question:
            continue
        if found and found[-1].question == one.question and one.text.startswith(found[-1].answer):
            found.pop()
        found.append(Turn(one.question, one.text))
    return found


async def longest(connection: AsyncConnection, answer: Answer) -> Answer:
    """The last part of an answer that was gone on with, which holds all of it; else itself."""
    for one in await answers.of_conversation(connection, answer.conversation or answer.key):
        is_longer = len(one.text) > len(answer.text) and one.text.startswith(answer.text)
        if one.question == answer.question and is_longer:
            answer = one
    return answer


async def first_key(connection: AsyncConnection, answer: Answer) -> str:
    """The key of the first part of an answer, which stays the same however often it is gone on
    with.
    """
    first = answer
    for one in await answers.of_conversation(connection, answer.conversation or answer.key):
        is_shorter = len(one.text) < len(first.text) and first.text.startswith(one.text)
        if one.question == answer.question and is_shorter:
            first = one
    return first.key
