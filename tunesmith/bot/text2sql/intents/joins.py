"""Questions across relations: join, two-hop join, and sub-queries about having or lacking rows."""

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.text2sql.annotated_schema import Field, Link
from tunesmith.bot.text2sql.intents.query import (
    Ground,
    Query,
    Source,
    code_slot,
    count_all,
    equals,
    named,
)
from tunesmith.bot.text2sql.intents.rows import code_values
from tunesmith.bot.text2sql.rendering import ColumnSlot, Slot
from tunesmith.bot.text2sql.roles import Role

_MOST_HOPS = 3


def join_queries(ground: Ground) -> Iterator[Query]:
    """All questions of this module that start from one table."""
    parents = Counter(link.parent for link in ground.entity.parents)
    hops = 0
    for link in ground.entity.parents:
        if parents[link.parent] > 1 or link.parent == link.child:
            yield _via(ground, link)
            continue
        yield from _joined(ground, link)
        yield from _having(ground, link)
        for further in ground.annotated[link.parent].parents:
            if hops < _MOST_HOPS and _is_clear(ground, further):
                hops += 1
                yield from _hop(ground, link, further)


def _via(ground: Ground, link: Link) -> Query:
    """A join along one of several relations between two tables: the question names its column."""
    child, parent = _ends(ground, link)
    shown, wanted = ground.entity.display(), parent.entity.display()
    tree = child.select(child.column(shown), _shown(parent, wanted, child, shown))
    slots: dict[str, Slot] = {
        "t": child.slot,
        "c": child.words(shown),
        "p": parent.slot,
        "pc": parent.words(wanted),
        "by": ColumnSlot(link.child, link.columns),
    }
    return Query("join.via", _join(tree, child, parent, link), slots, links=(link,))


def _joined(ground: Ground, link: Link) -> Iterator[Query]:
    child, parent = _ends(ground, link)
    shown, wanted = _own_display(ground, link), parent.entity.display()
    slots: dict[str, Slot] = {"t": child.slot, "p": parent.slot, "pc": parent.words(wanted)}
    tree = child.select(child.column(shown), _shown(parent, wanted, child, shown))
    tree = _join(tree, child, parent, link)
    yield Query("join.list", tree, slots | {"c": child.words(shown)}, links=(link,))

    counted = child.select(parent.column(wanted), named(count_all(), "total"))
    counted = _grouped(_join(counted, child, parent, link), parent, wanted, link)
    yield Query("join.count", counted, slots, links=(link,))

    for one in ground.entity.having(Role.AMOUNT)[:1]:
        total = named(exp.Sum(this=child.column(one)), "total")
        summed = _join(child.select(parent.column(wanted), total), child, parent, link)
        summed = _grouped(summed, parent, wanted, link)
        yield Query("join.sum", summed, slots | {"c": child.words(one)}, links=(link,))
    for by in parent.entity.having(Role.CODE)[:1]:
        value = ground.chance.choice(code_values(by))
        every = exp.Column(this=exp.Star(), table=exp.to_identifier(child.alias))
        tree = _join(child.select(every), child, parent, link)
        yield Query(
            "join.filter",
            tree.where(equals(parent, by, value)),
            {"t": child.slot, "p": parent.slot, "by": parent.words(by), "v": code_slot(by, value)},
            links=(link,),
            codes=((parent.entity.name, by.name, value),),
        )


def _having(ground: Ground, link: Link) -> Iterator[Query]:
    """Parents with, and without, any child."""
    child = ground.source("t2")
    parent = Source(ground.annotated[link.parent], ground.annotated, "t1")
    slots: dict[str, Slot] = {"t": child.slot, "p": parent.slot}
    inner = child.select(exp.Literal.number(1)).where(_on(child, parent, link))
    for variant, negate in (("subquery.with", False), ("subquery.without", True)):
        exists: exp.Expr = exp.Exists(this=inner.copy())
        tree = parent.select().where(exp.Not(this=exists) if negate else exists)
        yield Query(variant, tree, slots, links=(link,))


def _hop(ground: Ground, first: Link, second: Link) -> Iterator[Query]:
    child, middle = _ends(ground, first)
    far = Source(ground.annotated[second.parent], ground.annotated, "t3")
    shown, wanted = _own_display(ground, first), far.entity.display()
    slots: dict[str, Slot] = {
        "t": child.slot,
        "m": middle.slot,
        "p": far.slot,
        "pc": far.words(wanted),
    }

    def joined(*expressions: exp.Expr) -> exp.Select:
        return _join(_join(child.select(*expressions), child, middle, first), middle, far, second)

    tree = joined(child.column(shown), _shown(far, wanted, child, shown))
    yield Query("hop.list", tree, slots | {"c": child.words(shown)}, links=(first, second))
    counted = joined(far.column(wanted), named(count_all(), "total"))
    yield Query("hop.count", _grouped(counted, far, wanted, second), slots, links=(first, second))


def _is_clear(ground: Ground, second: Link) -> bool:
    """Whether the far table is reached in this one way only, and is another table."""
    parents = ground.entity.parents
    direct = {link.parent for link in parents} | {ground.entity.name}
    ways = Counter(
        further.parent for link in parents for further in ground.annotated[link.parent].parents
    )
    return second.parent not in direct and ways[second.parent] == 1


def _ends(ground: Ground, link: Link) -> tuple[Source, Source]:
    child = ground.source("t1")
    return child, Source(ground.annotated[link.parent], ground.annotated, "t2")


def _own_display(ground: Ground, link: Link) -> Field:
    """A column of the child that says something: not the foreign key itself."""
    display = ground.entity.display()
    if display.name not in link.columns:
        return display
    others = (one for one in ground.entity.fields.values() if one.name not in link.columns)
    return next(others, display)


def _shown(parent: Source, wanted: Field, child: Source, shown: Field) -> exp.Expr:
    """The parent's column, renamed where both columns have one name."""
    column = parent.column(wanted)
    if wanted.name.lower() != shown.name.lower():
        return column
    last = child.entity.name.rpartition(".")[2]
    other = parent.entity.name.rpartition(".")[2]
    front = "parent" if last == other else other
    return exp.Alias(this=column, alias=exp.to_identifier(f"{front}_{wanted.name}"))


def _on(child: Source, parent: Source, link: Link) -> exp.Expr:
    conditions = [
        exp.EQ(
            this=child.column(child.entity.fields[one]),
            expression=parent.column(parent.entity.fields[other]),
        )
        for one, other in zip(link.columns, link.references, strict=True)
    ]
    return exp.and_(*conditions)


def _join(tree: exp.Select, child: Source, parent: Source, link: Link) -> exp.Select:
    return tree.join(parent.node(), on=_on(child, parent, link), copy=False)


def _grouped(tree: exp.Select, parent: Source, wanted: Field, link: Link) -> exp.Select:
    """Grouped by the parent's key too: two customers may have one name."""
    keys = [parent.entity.fields[name] for name in link.references]
    if wanted not in keys:
        keys.append(wanted)
    return tree.group_by(*(parent.column(one) for one in keys), copy=False)
