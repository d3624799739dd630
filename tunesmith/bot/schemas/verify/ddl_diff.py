"""How the table of a `CREATE TABLE` answer differs from the real one."""

from pydantic import BaseModel, ConfigDict, Field


class ChangedColumn(BaseModel):
    """One property of a column that both tables have; `what` is type, nullable, default, comment."""

    model_config = ConfigDict(extra="forbid")

    column: str
    what: str
    schema_says: str
    answer_says: str


class TableComparison(BaseModel):
    """Columns by name: `missing` from the answer, `invented` by it, and `changed`."""

    model_config = ConfigDict(extra="forbid")

    table: str
    missing: list[str] = Field(default_factory=list[str])
    invented: list[str] = Field(default_factory=list[str])
    changed: list[ChangedColumn] = Field(default_factory=list[ChangedColumn])
