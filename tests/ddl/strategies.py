"""Random schemas for hypothesis."""

from hypothesis import strategies as st

from tunesmith.bot.ddl import Column, Dialect, ForeignKey, Table

# Letters that tempt a reader: quotes of all dialects, comment marks, delimiters, brackets.
_ODD = "'\"`[]();,.-/*#$@%:\\ =é数가"
_WORDS = (
    "select",
    "key",
    "index",
    "check",
    "primary",
    "comment",
    "order",
    "id",
    "GO",
    "end",
    "like",
)
_TYPES = {
    Dialect.MYSQL: ("int unsigned", "varchar(20)", "decimal(10,2)", "enum('a;b','it''s')", "json"),
    Dialect.POSTGRES: (
        "integer", "character varying(20)", "numeric(10,2)", "text[]", "timestamp with time zone",
        "double precision",
    ),
    Dialect.MSSQL: ("int", "nvarchar(max)", "decimal(18, 2)", "datetime2(7)", "bit"),
    Dialect.ORACLE: ("NUMBER(10,0)", "VARCHAR2(20 CHAR)", "DATE", "INTERVAL DAY TO SECOND", "CLOB"),
    Dialect.SQLITE: ("INTEGER", "TEXT", "UNSIGNED BIG INT", "NUMERIC(10, 2)", ""),
}  # fmt: skip
_DEFAULTS = ("0", "'x'", "'it''s; (x'", "(1 + 2)", "CURRENT_TIMESTAMP", "-1.5", "f('a', ')')")
_COMMENTS = st.text(alphabet="ab 가数,;()" + "'\"`/*-#\n\\", min_size=1, max_size=20)


def names(dialect: Dialect) -> st.SearchStrategy[str]:
    """Names that are only legal in quotes, and plain ones. Oracle has no quote in a name."""
    odd = _ODD.replace('"', "").replace("\n", "") if dialect is Dialect.ORACLE else _ODD
    written = st.text(alphabet="abzAZ09_" + odd, min_size=1, max_size=12)
    return st.one_of(st.sampled_from(_WORDS), written.filter(lambda name: name.strip() == name))


@st.composite
def schemas(draw: st.DrawFn, dialect: Dialect) -> list[Table]:
    """One to four tables, with keys, references among each other, defaults and comments."""
    lasting = names(dialect).filter(lambda name: not name.startswith("#"))  # T-SQL: temporary
    unique_names = st.lists(lasting, min_size=1, max_size=4, unique_by=lambda name: name.casefold())
    tables = [_table(draw, name, dialect) for name in draw(unique_names)]
    for table in tables:
        for target in tables:
            size = len(target.primary_key)
            if size and size <= len(table.columns) and draw(st.booleans()):
                own = draw(st.permutations([column.name for column in table.columns]))[:size]
                key = ForeignKey(columns=own, table=target.name, references=target.primary_key)
                table.foreign_keys.append(key)
    return tables


def _table(draw: st.DrawFn, name: str, dialect: Dialect) -> Table:
    column_names = draw(
        st.lists(names(dialect), min_size=1, max_size=6, unique_by=lambda one: one.casefold())
    )
    commented = dialect is not Dialect.SQLITE
    comment = st.none() | _COMMENTS if commented else st.none()
    columns = [
        Column(
            name=one,
            type=draw(st.sampled_from(_TYPES[dialect])),
            nullable=draw(st.booleans()),
            default=draw(st.none() | st.sampled_from(_DEFAULTS)),
            comment=draw(comment),
            quoted=True,
        )
        for one in column_names
    ]
    keys = st.lists(st.sampled_from(column_names), max_size=3, unique=True)
    primary = draw(keys)
    for column in columns:
        column.nullable = column.nullable and column.name not in primary
    unique = draw(keys)
    return Table(
        name=name,
        comment=draw(comment),
        columns=columns,
        primary_key=primary,
        unique=[unique] if unique else [],
        quoted=True,
    )
