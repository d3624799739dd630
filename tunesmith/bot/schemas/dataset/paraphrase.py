"""More ways to ask, from a language model; the answers stay the generator's own."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tunesmith.bot.errors import ProviderError
from tunesmith.bot.schemas.dataset.labels import language_of
from tunesmith.bot.schemas.dataset.pairs import Pair, question_key
from tunesmith.bot.schemas.dataset.training_set import TrainingSet

Ask = Callable[[str], Awaitable[str]]  # a prompt in, the model's reply out

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
# How much of the question's letter groups a rewording keeps at least: the names it speaks of.
_KEPT = 0.2


async def add_paraphrases(built: TrainingSet, ask: Ask, *, most: int) -> int:
    """Ask the model to reword up to `most` training questions; returns how many were accepted.

    A rewording is accepted only if every value, number and identifier of the question survives,
    none is added, it speaks of the same in the same language, and nobody asked it before. It takes
    the answer and the side of the split of the pair that it rewords. A provider's error costs that
    question only.
    """
    chosen = _one_of_each(built.train)[:most]
    limit = asyncio.Semaphore(_AT_ONCE)

    async def reply(pair: Pair) -> str | None:
        async with limit:
            try:
                return await ask(_prompt(pair))
            except ProviderError:
                return None

    replies = await asyncio.gather(*(reply(pair) for pair in chosen))
    taken = {question_key(pair.content) for pair in built.train + built.valid}
    added: list[Pair] = []
    for pair, text in zip(chosen, replies, strict=True):
        if text is None:
            built.rejected["paraphrase: no reply"] += 1
            continue
        for question in _questions(text):
            key = question_key(question)
            reason = "paraphrase: asked before" if key in taken else why_not(pair, question)
            if reason:
                built.rejected[reason] += 1
            else:
                taken.add(key)
                added.append(replace(pair, question=question))
    built.train.extend(added)
    return len(added)


def why_not(pair: Pair, question: str) -> str | None:
    """None if `question` may stand for the pair's own; else the reason."""
    if len(question) > _LONGEST or _SQL.search(question):
        return "paraphrase: no question"
    if language_of(question) != language_of(pair.question):
        return "paraphrase: other language"
    if any(value.casefold() not in question.casefold() for value in pair.values):
        return "paraphrase: value lost"
    for pattern in (_NUMBER, _IDENTIFIER):
        if Counter(pattern.findall(question)) != Counter(pattern.findall(pair.question)):
            return "paraphrase: value lost"
    grams = _grams(pair.question)
    if len(grams & _grams(question)) < _KEPT * len(grams):
        return "paraphrase: something else"
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
