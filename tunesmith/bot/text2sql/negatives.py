"""Questions for columns that do not exist; the answer says so and names the closest real one."""

import random
import re
from collections.abc import Iterator

from tunesmith.bot.ddl.words import mixed_up, words_of
from tunesmith.bot.sql.closest import closest
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema, Entity, Field
from tunesmith.bot.text2sql.labels import Labels
from tunesmith.bot.text2sql.pairs import Pair
from tunesmith.bot.text2sql.rendering import (
    Slot,
    TableSlot,
    ValueSlot,
    phrasings,
    render,
    sentence,
)
from tunesmith.bot.text2sql.roles import Role
from tunesmith.bot.text2sql.sqltree import spoken_name

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ENDINGS = ("code", "label", "text")
_BORROWED = 12  # columns of other tables that are tried


def missing_pairs(
    annotated: AnnotatedSchema, labels: list[Labels], wanted: int, seed: int
) -> list[Pair]:
    """About `wanted` such questions, spread evenly over tables and languages."""
    chance = random.Random(f"{seed}:missing")
    names = list(dict.fromkeys(name for entity in annotated for name in entity.fields))
    queues = [_inventions(entity, _far(annotated, entity, names), chance) for entity in annotated]
    pairs: list[Pair] = []
    while queues and len(pairs) < wanted:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
                continue
            entity, fake, real = found
            for one in labels:
                pairs.extend(_asked(entity, fake, real, one, chance))
    return pairs[: max(wanted, 0)]


def _far(annotated: AnnotatedSchema, entity: Entity, names: list[str]) -> list[str]:
    """The names without those of related tables: asked with these, a join may be meant."""
    near = {link.parent for link in entity.parents} | {link.child for link in entity.children}
    known = {name for table in near for name in annotated[table].fields}
    return [name for name in names if name not in known]


def _inventions(
    entity: Entity, names: list[str], chance: random.Random
) -> Iterator[tuple[Entity, str, Field]]:
    taken = {_plain(name) for name in entity.fields}
    fakes = list(_exchanged(entity)) + list(_borrowed(entity, names, chance))
    chance.shuffle(fakes)
    for fake, real in fakes + list(_extended(entity)):
        if _plain(fake) not in taken:
            taken.add(_plain(fake))
            yield entity, fake, real


def _exchanged(entity: Entity) -> Iterator[tuple[str, Field]]:
    """The table's own column names with one word exchanged, in the case they are written in."""
    others = mixed_up()
    for name, one in entity.fields.items():
        for word in _WORD.finditer(name):
            other = others.get(word.group().lower())
            if other and word.group() != name:
                yield name[: word.start()] + _cased(other, word.group()) + name[word.end() :], one


def _borrowed(
    entity: Entity, names: list[str], chance: random.Random
) -> Iterator[tuple[str, Field]]:
    """Column names of other tables that share a word with one of this table."""
    for name in chance.sample(names, min(_BORROWED, len(names))):
        near = closest(name, {one: field.column.described for one, field in entity.fields.items()})
        if near and set(words_of(name)).intersection(words_of(near[0])) - {"id"}:
            yield name, entity.fields[near[0]]


def _extended(entity: Entity) -> Iterator[tuple[str, Field]]:
    """Column names with a word more than there is: title_code."""
    for name, one in entity.fields.items():
        for word in _ENDINGS:
            joint = "_" if "_" in name or name.islower() or name.isupper() else ""
            yield f"{name}{joint}{word.title() if not joint else _cased(word, name)}", one


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word.title() if like.istitle() else word


def _asked(
    entity: Entity, fake: str, real: Field, labels: Labels, chance: random.Random
) -> Iterator[Pair]:
    slots: dict[str, Slot] = {"t": TableSlot(entity.name), "x": ValueSlot(fake)}
    answer = sentence(
        "missing", labels.language, name=spoken_name(entity.name), fake=fake, real=real.name
    )
    choices = list(phrasings("missing", labels.language))
    if real.role in (Role.AMOUNT, Role.LEVEL):
        choices += phrasings("missing.number", labels.language)
    if real.role is Role.DATE:
        choices += phrasings("missing.date", labels.language)
    for phrasing in chance.sample(choices, 2):
        yield Pair(
            language=labels.language,
            intent="missing",
            question=render(phrasing, slots, labels),
            answer=answer,
            skeleton=f"missing {entity.name}.{fake}",
            tables=(entity.name,),
            values=(fake,),
        )


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()
