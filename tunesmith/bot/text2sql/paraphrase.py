"""More ways to ask, from a language model; the answers stay the generator's own."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, StoredMessage
from tunesmith.bot.providers.asking import Prompt
from tunesmith.bot.text2sql.candidates import Progress
from tunesmith.bot.text2sql.labels import language_of
from tunesmith.bot.text2sql.pairs import Pair, Rejection, question_key
from tunesmith.bot.text2sql.training_set import TrainingSet

if TYPE_CHECKING:
    # Its clients' libraries: worker processes, which write the sets, need none of them.
    from tunesmith.bot.providers.trainer import Trainer

Ask = Callable[[str], Awaitable[str]]  # a prompt in, the model's reply out

MOST = 200  # questions
# Tokens of one prompt and its reply (o200k_base; for the example in docs/ they are 64 and 33).
PROMPT_TOKENS, REPLY_TOKENS = 80, 50
_MOST_TOKENS = 300
_AT_ONCE = 4
_EACH = 2
_LONGEST = 300  # characters
_LANGUAGE_NAMES = {"en": "English", "zh": "Chinese", "ko": "Korean"}
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)、])\s*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:[_.]\w+)+")
_SQL = re.compile(
    r"\b(?:select\b.+\bfrom|insert\s+into|delete\s+from|update\b.+\bset"
    r"|(?:drop|alter|create|truncate)\s+table)\b",
    re.IGNORECASE | re.DOTALL,
)
# How much of the question's letter groups a rewording keeps at least: the names in it.
_KEPT = 0.2


class Reworded(BaseModel):
    """What came of it: questions that were sent, rewordings that were accepted.

    `refusal` is why the provider answered none of them, where it answered none.
    """

    asked: int
    accepted: int
    refusal: StoredMessage | None = None


def ask_model(client: "Trainer", model: str) -> Ask:
    """Ask a provider's chat model; what it raises is `ProviderError`."""

    async def ask(prompt: str) -> str:
        messages = ({"role": "user", "content": prompt},)
        asked = Prompt(messages=messages, most_tokens=_MOST_TOKENS)
        async with client.ask(model, asked) as pieces:
            return "".join([piece async for piece in pieces])

    return ask


async def add_paraphrases(
    built: TrainingSet, ask: Ask, *, most: int = MOST, progress: Progress | None = None
) -> Reworded:
    """Ask the model to reword up to `most` training questions, and keep what is sound.

    A rewording is accepted only if every value, number and identifier of the question survives,
    none is added, it is about the same in the same language, and nobody asked it before. It takes
    the answer and the side of the split of the pair that it rewords. A provider that is busy costs
    that question only; one that refuses is not asked again.
    """
    chosen = _one_of_each(built.train)[:most]
    replies, refusal = await _replies(chosen, ask, progress)
    taken = {question_key(pair.content) for pair in built.train + built.valid}
    added: list[Pair] = []
    for pair, text in zip(chosen, replies, strict=True):
        if text is None:
            built.rejected[Rejection.NO_REPLY] += 1
            continue
        for question in _questions(text):
            key = question_key(question)
            reason = Rejection.ASKED_BEFORE if key in taken else why_not(pair, question)
            if reason:
                built.rejected[reason] += 1
            else:
                taken.add(key)
                added.append(replace(pair, question=question))
    built.train.extend(added)
    answered = any(text is not None for text in replies)
    refusal = None if answered else refusal
    return Reworded(asked=len(chosen), accepted=len(added), refusal=refusal)


async def _replies(
    pairs: list[Pair], ask: Ask, progress: Progress | None
) -> tuple[list[str | None], Message | None]:
    """The model's replies, None where there is none, and the last reason for that."""
    limit = asyncio.Semaphore(_AT_ONCE)
    done, refused = 0, False
    refusal: Message | None = None

    async def reply(pair: Pair) -> str | None:
        nonlocal done, refusal, refused
        async with limit:
            if refused:
                return None
            try:
                return await ask(_prompt(pair))
            except ProviderError as error:
                refusal, refused = error.message, not isinstance(error, ProviderBusyError)
                return None
            finally:
                done += 1
                if progress:
                    progress(done, len(pairs))

    return await asyncio.gather(*(reply(pair) for pair in pairs)), refusal


def why_not(pair: Pair, question: str) -> Rejection | None:
    """None if `question` may stand for the pair's own; else the reason."""
    if len(question) > _LONGEST or _SQL.search(question):
        return Rejection.NO_QUESTION
    if language_of(question) != language_of(pair.question):
        return Rejection.OTHER_LANGUAGE
    if any(value.casefold() not in question.casefold() for value in pair.values):
        return Rejection.VALUE_LOST
    for pattern in (_NUMBER, _IDENTIFIER):
        if Counter(pattern.findall(question)) != Counter(pattern.findall(pair.question)):
            return Rejection.VALUE_LOST
    grams = _grams(pair.question)
    if len(grams & _grams(question)) < _KEPT * len(grams):
        return Rejection.SOMETHING_ELSE
    return None


def _grams(text: str) -> set[str]:
    letters = "".join(sign for sign in text.casefold() if sign.isalnum())
    size = 3 if letters.isascii() else 2
    return {letters[at : at + size] for at in range(len(letters) - size + 1)}


def _one_of_each(pairs: list[Pair]) -> list[Pair]:
    """One question of each query and language, without those that carry the schema."""
    first: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.is_sql and pair.schema is None:
            first.setdefault((pair.answer, pair.language), pair)
    return list(first.values())


def _prompt(pair: Pair) -> str:
    kept = list(dict.fromkeys([*pair.values, *_IDENTIFIER.findall(pair.question)]))
    keep = f" Keep these exactly as they are: {'; '.join(kept)}." if kept else ""
    return (
        f"Reword this question about a database in {_EACH} different ways, in"
        f" {_LANGUAGE_NAMES[pair.language]}, as a colleague would ask it. Keep its meaning and"
        f" every name and number.{keep} One rewording a line, nothing else.\n\n{pair.question}"
    )


def _questions(reply: str) -> list[str]:
    lines = (_LIST_MARK.sub("", line).strip(' "“”') for line in reply.splitlines())
    return [line for line in lines if line][:_EACH]
