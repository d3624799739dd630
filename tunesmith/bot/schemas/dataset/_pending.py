"""Stand-ins until the summary lands."""

import re
from dataclasses import dataclass

from tunesmith.bot.schemas.model import Schema


@dataclass
class R:
    table: str
    columns: list[str]
    parent: str
    references: list[str]
    declared: bool


def relations_of(schema: Schema):
    out = []
    by = {t.name.rpartition(".")[2]: t for t in schema.tables}
    for t in schema.tables:
        done = set()
        for fk in t.foreign_keys:
            p = by.get(fk.table.rpartition(".")[2])
            if p is None:
                continue
            refs = fk.references or p.primary_key
            out.append(R(t.name, fk.columns, p.name, refs, True))
            done.update(fk.columns)
        for c in t.columns:
            if c.name in done or not c.name.endswith("_id"):
                continue
            stem = c.name[:-3]
            cand = [
                p
                for n, p in by.items()
                if (n == stem or n.endswith("_" + stem)) and len(p.primary_key) == 1 and p is not t
            ]
            if cand:
                p = min(cand, key=lambda p: len(p.name))
                out.append(R(t.name, [c.name], p.name, [p.primary_key[0]], False))
    return out


def code_list(comment):
    if not comment:
        return {}
    m = re.findall(r"(\d+)\s*(?:->|-|:|：|=)?\s*([^\d\s,，;；、:：>\-=()（）]+)", comment)
    return dict(m) if len(m) >= 2 else {}
