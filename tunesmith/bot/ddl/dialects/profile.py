"""What a profile holds. Fields with a default say what is not so in most dialects."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from tunesmith.bot.ddl.dialects.features import Feature
from tunesmith.bot.extras import Extra

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlglot import exp


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_NONE: frozenset[str] = frozenset()


class Folding(Enum):
    """What a database does to the case of a name that is written without quotes."""

    IGNORED = "names that differ in case only are the same, quoted or not"
    LOWER = "to lower case; a quoted name stays as it is"
    UPPER = "to upper case; a quoted name stays as it is"


class ProgramEnd(Enum):
    """Where a routine or trigger ends, whose body holds semicolons."""

    BLOCK = "with the END of its block"
    BATCH = "with the line that ends a batch"
    SLASH = "with a line that holds a slash, for anonymous blocks too"


class AliasUse(Enum):
    """Where an alias of the select list may stand in a clause."""

    NEVER = "never"
    BARE = "only as the whole item: ORDER BY total, not ORDER BY total + 1"
    ANYWHERE = "anywhere"


class DottedAccess(Enum):
    """What `a.b` may be beside a column b of a table a."""

    NOTHING = "nothing"
    OBJECT_FIELD = "a field of an object or JSON column behind its table's alias, or a sequence"
    METHOD = "a method of a column a"


class ValueKind(StrEnum):
    """The families of SQL types that questions and made-up rows tell apart."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    BIT = "bit"
    OTHER = "other"


@dataclass(frozen=True, eq=False, kw_only=True)
class Lexing:
    """How text is cut into tokens and statements; patterns are parts of regular expressions.

    `tokens` are alternatives for quoted things, in the order they are tried, each in a group that
    the lexer knows by its name. `skipped` are quoted things that are closed, and `marks` the
    characters they begin with beside `'` and `"`.
    """

    tokens: tuple[str, ...]
    skipped: tuple[str, ...]
    marks: str = ""
    line_comment: str = r"--[^\n]*+"
    comment_open: str = r"/\*"
    nested_comments: bool = False
    executable: str = ""  # marks of comments that the server runs
    backslash_escapes: bool = False
    # What opens a quote that no pattern can close, if not an apostrophe: as a character of a
    # class and as a pattern; and the function that tells where the quote at an offset ends, or -1.
    long_mark: str = ""
    long_open: str = ""
    long_quote_end: Callable[[str, int], int] | None = None
    # Lines that a client program takes for itself where a statement could start.
    client_line: re.Pattern[str]
    # A line that ends a statement without a semicolon: any statement, or rows that are inserted.
    line_end: str = ""
    rows_end: str = ""
    program_end: ProgramEnd = ProgramEnd.BLOCK
    semicolons_optional: bool = False
    client_end: str = ""  # how the client lets an answer's statement end, beside a semicolon


@dataclass(frozen=True, eq=False, kw_only=True)
class DdlRules:
    """What statements that make tables mean."""

    strings_are_names: bool = False  # 'orders' may be a table
    serial_types: bool = False  # SERIAL and its like are never null
    any_type_word: bool = False  # any words make a type
    integer_display_width: bool = False  # INT(11) is INT
    index_elements: frozenset[str] = _NONE  # words that begin an index within CREATE TABLE
    special_indexes: frozenset[str] = _NONE  # the same, in front of KEY or INDEX
    schemas_are_databases: bool = False  # USE changes where names without a schema go
    schemas_are_users: bool = False  # CREATE SCHEMA makes no place for tables
    own_tables: str = ""  # prefix of the database's own tables
    temporary_mark: str = ""  # prefix of temporary tables
    global_temporary_stays: bool = False  # GLOBAL TEMPORARY tables stay, their rows do not
    like_copies_all: bool = False  # LIKE copies keys, defaults and comments
    query_without_as: bool = False  # CREATE TABLE t SELECT ...
    select_into: bool = False  # SELECT ... INTO makes a table
    execute_immediate: bool = False  # blocks hand statements in quotes to EXECUTE IMMEDIATE
    one_alter_verb: bool = False  # ALTER TABLE t ADD a int, b int
    alter_redefines: bool = True  # ALTER COLUMN c INT: all that is not said is gone
    modify_keeps: bool = False  # MODIFY c INT: what is not said stays
    # The name that the database gives to a key without one, from the table, the key's columns,
    # its kind (pkey, key, fkey) and the reference's number among those without a name.
    key_name: Callable[[str, list[str], str, int], str | None] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class QueryRules:
    """What names in a query mean, and what it may do. Names in the sets are in lower case."""

    # Where aliases of the select list may be used.
    where: AliasUse = AliasUse.NEVER
    group: AliasUse = AliasUse.NEVER
    having: AliasUse = AliasUse.NEVER
    order: AliasUse = AliasUse.ANYWHERE
    subqueries_see_aliases: bool = False  # those to their left in the select list
    having_sees_selected_only: bool = False  # and grouped columns
    order_sees_all_branches: bool = False  # of a UNION, not only the first
    hidden: frozenset[str] = _NONE  # columns that every table has without declaring them
    pseudo: frozenset[str] = _NONE  # words that read like a column and need no table
    first_match_wins: bool = False  # a name that fits twice in one table is not ambiguous
    repeated_tables: bool = False  # one name twice in a FROM clause
    recursive_without_keyword: bool = False
    rows_by_table_name: bool = False  # a table's name alone is its row
    names_expressions: bool = False  # an expression without alias has a name one can use
    text_in_double_quotes: bool = False  # "x" is text
    text_if_no_column: bool = False  # "x" is text where no column x exists
    tables_after_in: bool = False  # x IN table
    on_sees_all: bool = False  # ON sees all tables to its left, over commas too
    pivot_names_known: bool = True
    other_schemas_are_other_files: bool = False
    texts_ignore_case: bool = False  # 'a' = 'A', as long as nobody chooses a collation
    has_booleans: bool = False  # a type of its own, that is no number
    runs_in_sqlite: bool = False  # as it stands
    dotted: DottedAccess = DottedAccess.NOTHING
    dual: tuple[str, ...] | None = None  # columns of the table for queries of no table
    values_columns: tuple[str, int] = ("column", 1)  # of VALUES: prefix, and the first number
    table_functions: Mapping[str, str] = field(default_factory=dict[str, str])
    single_column_functions: frozenset[str] = _NONE  # their column is called like the alias
    # What the statement may be made of.
    features: frozenset[Feature]
    functions: frozenset[str]  # that only compute, and that some other dialect has not
    empty_select: bool = False
    having_before_group: bool = False
    clauses: frozenset[str] = _NONE  # MATCH_RECOGNIZE ("match"), QUALIFY
    hash_comments: bool = False
    dashes_need_space: bool = False  # -- begins a comment only before a space
    brackets_end_at_first: bool = False  # [a]] is not the name a]
    statement_words: frozenset[str] = _NONE  # upper case: begin a second statement anywhere
    function_schema: str = ""  # where the database's own functions are
    methods: frozenset[str] = _NONE  # of columns, that only compute
    packages: tuple[str, ...] = ()  # prefixes of packages that do more than compute
    # The database's own catalogue.
    system_schemas: frozenset[str] = _NONE
    system_prefixes: tuple[str, ...] = ()
    system_tables: frozenset[str] = _NONE


@dataclass(frozen=True, eq=False, kw_only=True)
class Writing:
    """How answers of a training set are written."""

    reserved: frozenset[str] = _NONE  # words that a name cannot be without quotes
    nulls_sort_first: bool = True
    national_strings: bool = False  # N'...' for letters that are not ASCII
    comments_inside: bool = False  # COMMENT '...' within CREATE TABLE
    generated: str = "GENERATED ALWAYS AS ({}) STORED"
    month: "Callable[[exp.Expr], exp.Expr]"  # of a date, as text such as 2025-06
    days_ago: "Callable[[int], exp.Expr]"  # the day that many days before today
    # Types that mean something else here than elsewhere.
    kinds: Mapping[str, ValueKind] = field(default_factory=dict[str, ValueKind])


@dataclass(frozen=True, eq=False, kw_only=True)
class Explain:
    """How a database plans a statement without executing it: by EXPLAIN, after `prepare`.

    `backends` are SQLAlchemy's names; `{seconds}` in `prepare` is the longest that it may take.
    `is_of_statement` tells an error of the statement from one of the server or its rights.
    """

    backends: tuple[str, ...]
    prepare: tuple[str, ...]
    is_of_statement: Callable[[BaseException], bool]
    read_only: "Callable[[URL], URL]" = lambda url: url
    extra: Extra | None = None  # the driver, where it is not always there


@dataclass(frozen=True, eq=False, kw_only=True)
class Profile:
    """One dialect. `sqlglot` is sqlglot's name for it; `label` is how people call it.

    `signs` are texts in lower case that speak for the dialect, by their weight; `fences` are the
    names that code fences give it. `home` is the schema of tables that are created without one.
    """

    sqlglot: str
    label: str
    signs: Mapping[float, tuple[str, ...]]
    fences: frozenset[str]
    folding: Folding = Folding.IGNORED
    home: str = ""
    lexing: Lexing
    ddl: DdlRules = field(default_factory=DdlRules)
    query: QueryRules
    writing: Writing
    explain: Explain | None = None

    def fold(self, name: str, *, quoted: bool) -> str:
        """A name as the database compares it."""
        if self.folding is Folding.IGNORED:
            return name.lower()
        if quoted:
            return name
        return name.upper() if self.folding is Folding.UPPER else name.lower()

    @property
    def quotes_keep_case(self) -> bool:
        """Whether a quoted name may differ from another one by its case."""
        return self.folding is not Folding.IGNORED
