"""What a DDL file says, as plain data: tables, columns, keys, comments."""

from pydantic import BaseModel, ConfigDict, Field

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.messages import StoredMessage


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Column(_Model):
    """One column. `name` without quotes, in the case the file writes; `type` as the source text.

    `type` is empty where the file names none: SQLite, computed columns, columns of a view that
    are an expression. A column of the primary key is never nullable. `quoted` says whether the
    file quotes the name, which decides its case in PostgreSQL and Oracle. `generated` is the
    expression of a computed column. `comment` is what the database itself would show; `remark` is
    the `-- remark` behind the column, which only a reader of the file sees.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    remark: str | None = None
    generated: str | None = None
    quoted: bool = False

    @property
    def described(self) -> str | None:
        """The comment, or else the remark."""
        return self.comment or self.remark


class ForeignKey(_Model):
    """A declared reference: `columns[i]` points at `table`.`references[i]`.

    Names are spelled as in the tables they belong to. `table` need not be in the file; where it
    is not, `references` is empty if the file names no columns either.
    """

    columns: list[str]
    table: str
    references: list[str]


class Table(_Model):
    """A table or view; `name` has the schema in front (`sales.orders`) where the file has one.

    A view whose query could not be read has no columns. `partition_of` names the table that this
    one is a partition of, or None.
    """

    name: str
    comment: str | None = None
    columns: list[Column] = Field(default_factory=list[Column])
    primary_key: list[str] = Field(default_factory=list)
    foreign_keys: list[ForeignKey] = Field(default_factory=list[ForeignKey])
    unique: list[list[str]] = Field(default_factory=list[list[str]])
    is_view: bool = False
    partition_of: str | None = None
    remark: str | None = None
    quoted: bool = False

    @property
    def described(self) -> str | None:
        """The comment, or else the remark."""
        return self.comment or self.remark


class Unparsed(_Model):
    """A piece of the file that was not understood. `line` is 1-based; `text` is shortened."""

    line: int
    text: str
    reason: StoredMessage


class Schema(_Model):
    """What was understood of one DDL file, and what was not.

    `confidence` (0–1) says how sure the dialect is; 1 where it was given. `types` maps the types
    that the file itself makes to their definition (`mood` → `ENUM ('sad', 'happy')`, `year` →
    `integer`). `ignored` counts the statements that say nothing of tables, by their first words.
    `encoding` is the character encoding the bytes were read as.
    """

    dialect: Dialect
    confidence: float
    tables: list[Table] = Field(default_factory=list[Table])
    types: dict[str, str] = Field(default_factory=dict)
    ignored: dict[str, int] = Field(default_factory=dict)
    unparsed: list[Unparsed] = Field(default_factory=list[Unparsed])
    encoding: str = "utf-8"
