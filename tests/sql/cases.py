"""The corpus: schemas and statements written for these tests, with what is true of each."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.ddl.parse import parse_ddl

CORPUS = Path(__file__).parent / "corpus"
_BLOCK = re.compile(r"\n\n(?=-- )")


@dataclass(frozen=True, slots=True)
class Case:
    """A statement. `kind` is valid, column, table, ambiguous or syntax; `names` the wrong ones."""

    schema: str
    kind: str
    names: tuple[str, ...]
    sql: str

    def __str__(self) -> str:
        return f"{self.schema}: {self.sql}"


@functools.cache
def schema(name: str) -> Schema:
    """A schema of the corpus, such as `mysql_shop`."""
    dialect = Dialect(name.partition("_")[0])
    return parse_ddl((CORPUS / f"{name}.ddl").read_text(), dialect=dialect)


def ddl(name: str) -> str:
    """A schema's source."""
    return (CORPUS / f"{name}.ddl").read_text()


def cases() -> list[Case]:
    """Every statement of the corpus but the hostile ones."""
    return [
        Case(
            path.stem, kind.removeprefix("unknown "), tuple(names.split(", ")) if names else (), sql
        )
        for path in sorted(CORPUS.glob("*_*.sql"))
        for heading, sql in _blocks(path)
        for kind, _, names in [heading.partition(": ")]
    ]


def hostile() -> list[tuple[str, str]]:
    """Statements that must be refused, each with the name of a schema."""
    by_dialect = {path.stem.partition("_")[0]: path.stem for path in CORPUS.glob("*.ddl")}
    return [
        (by_dialect[dialect], sql)
        for heading, sql in _blocks(CORPUS / "hostile.sql")
        for dialect in heading.split(", ")
    ]


def _blocks(path: Path) -> Iterator[tuple[str, str]]:
    for block in _BLOCK.split(path.read_text().strip()):
        heading, _, sql = block.partition("\n")
        yield heading.removeprefix("-- "), sql.strip()
