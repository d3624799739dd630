"""Questions for columns that do not exist; the answer says so and names the closest real one."""

import random
from collections.abc import Iterator

from tunesmith.bot.schemas.dataset.catalog import Catalog, Entity, Field
from tunesmith.bot.schemas.dataset.labels import Labels
from tunesmith.bot.schemas.dataset.pairs import Pair
from tunesmith.bot.schemas.dataset.roles import Role
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
    "sort": "order_no",
    "level": "grade",
    "city": "town",
    "comment": "remark",
}
_BORROWED = 12  # columns of other tables that are tried


def missing_pairs(
    catalog: Catalog, labels: list[Labels], wanted: int, seed: int
) -> list[Pair]:
    """About `wanted` such questions, spread evenly over tables and languages."""
    chance = random.Random(f"{seed}:missing")  # noqa: S311
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
    fakes = list(_exchanged(entity))
    chance.shuffle(fakes)
    borrowed = chance.sample(names, min(_BORROWED, len(names)))
    for fake in fakes + borrowed:
        if _plain(fake) in taken:
            continue
        taken.add(_plain(fake))
        near = closest(fake, entity.fields)
        if near:
            yield entity, fake, entity.fields[near[0]]


def _exchanged(entity: Entity) -> Iterator[str]:
    """The table's own column names with one word exchanged, in the case they are written in."""
    for name in entity.fields:
        parts = name.split("_")
        for place, part in enumerate(parts):
            other = _MIXED_UP.get(part.lower())
            if other:
                cased = other.upper() if part.isupper() else other
                yield "_".join([*parts[:place], cased, *parts[place + 1 :]])


def _asked(
    entity: Entity, fake: str, real: Field, labels: Labels, chance: random.Random
) -> Iterator[Pair]:
    slots: dict[str, Slot] = {"t": TableSlot(entity.name), "x": ValueSlot(fake)}
    answer = sentence("missing", labels, name=entity.name, fake=fake, real=real.name)
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
