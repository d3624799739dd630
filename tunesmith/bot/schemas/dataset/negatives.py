"""Questions for columns that do not exist; the answer says so and names the closest real one."""

import random
import re
from collections.abc import Iterator

from tunesmith.bot.schemas.dataset.catalog import Catalog, Entity, Field
from tunesmith.bot.schemas.dataset.labels import Labels
from tunesmith.bot.schemas.dataset.pairs import Pair
from tunesmith.bot.schemas.dataset.roles import Role, words_of
from tunesmith.bot.schemas.dataset.sqltree import spoken_name
from tunesmith.bot.schemas.dataset.wording import (
    Slot,
    TableSlot,
    ValueSlot,
    phrasings,
    render,
    sentence,
)
from tunesmith.bot.schemas.verify.closest import closest

# Words that people mix up; a name with one exchanged looks right and is not there.
_MIXED_UP = {
    "status": "state",
    "state": "status",
    "type": "kind",
    "amount": "money",
    "name": "title",
    "title": "name",
    "time": "date",
    "date": "time",
    "create": "creation",
    "created": "create",
    "update": "modify",
    "modify": "update",
    "id": "no",
    "no": "id",
    "sn": "no",
    "code": "no",
    "phone": "mobile",
    "mobile": "phone",
    "telephone": "phone",
    "email": "mail",
    "address": "location",
    "price": "cost",
    "cost": "price",
    "count": "total",
    "quantity": "number",
    "qty": "count",
    "note": "remark",
    "remark": "note",
    "description": "detail",
    "start": "begin",
    "end": "finish",
    "customer": "client",
    "member": "user",
    "user": "member",
    "goods": "product",
    "product": "goods",
    "pay": "payment",
    "pic": "image",
    "icon": "logo",
    "level": "grade",
    "city": "town",
    "comment": "remark",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ENDINGS = ("code", "label", "text")
_BORROWED = 12  # columns of other tables that are tried


def missing_pairs(catalog: Catalog, labels: list[Labels], wanted: int, seed: int) -> list[Pair]:
    """About `wanted` such questions, spread evenly over tables and languages."""
    chance = random.Random(f"{seed}:missing")
    names = list(dict.fromkeys(name for entity in catalog for name in entity.fields))
    queues = [_inventions(entity, names, chance) for entity in catalog]
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
    for name, one in entity.fields.items():
        for word in _WORD.finditer(name):
            other = _MIXED_UP.get(word.group().lower())
            if other and word.group() != name:
                yield name[: word.start()] + _cased(other, word.group()) + name[word.end() :], one


def _borrowed(
    entity: Entity, names: list[str], chance: random.Random
) -> Iterator[tuple[str, Field]]:
    """Column names of other tables that share a word with one of this table."""
    for name in chance.sample(names, min(_BORROWED, len(names))):
        near = closest(name, entity.fields)
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
