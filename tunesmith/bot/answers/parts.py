"""Answers that came in parts: each goes on with the one before it, and holds that one's text.

The key of a later part names the one before it, so that the same question asked again is no part.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.prompt import Turn
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer

_LATER = re.compile(r"\w+:part:(.+):\d+")


def source(key: str, tries: int) -> str:
    """What the question for the rest of an answer, or for another one in its place, comes from:
    the answer's key, and how often that came to nothing.
    """
    return f"part:{key}:{tries}"


def first_key(key: str) -> str:
    """The key of the first part of an answer, which stays the same however often it is gone on
    with.
    """
    while found := _LATER.fullmatch(key):
        key = found[1]
    return key


def turns(said: Sequence[Answer]) -> list[Turn]:
    """A conversation, oldest first; an answer in parts is one turn."""
    found = {first_key(one.key): Turn(one.question, one.text) for one in said if one.question}
    return list(found.values())


def turns_before(said: Sequence[Answer], key: str) -> list[Turn]:
    """What was said in a conversation before the first part of the answer of that key."""
    first = first_key(key)
    return turns([*takewhile(lambda one: first_key(one.key) != first, said)])


async def all_parts(connection: AsyncConnection, answer: Answer) -> list[Answer]:
    """The parts of an answer, or it alone; the last one holds all of it."""
    said = await answers.of_conversation(connection, answer.conversation or answer.key)
    first = first_key(answer.key)
    return [one for one in said if first_key(one.key) == first] or [answer]
