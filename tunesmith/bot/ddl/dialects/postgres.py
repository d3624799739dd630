"""PostgreSQL. Source: its manual, version 17; checked on 15."""

import re

from sqlglot import exp

from tunesmith.bot.ddl.dialects import quoting
from tunesmith.bot.ddl.dialects.features import features
from tunesmith.bot.ddl.dialects.profile import (
    AliasUse,
    DdlRules,
    Explain,
    Folding,
    Lexing,
    Profile,
    QueryRules,
    ValueKind,
    Writing,
    words,
)
from tunesmith.bot.ddl.dialects.tree_writing import call, text
from tunesmith.bot.extras import Extra

_DOLLAR_TAG = r"(?:[A-Za-z_\x80-\U0010ffff]\w*+)?"


def _long_quote_end(dump: str, at: int) -> int:
    if dump[at] != "$":
        return -1
    return quoting.dollar_quote_end(dump, at, dump.find("$", at + 1) + 1)


def _key_name(table: str, columns: list[str], kind: str, _reference: int) -> str:
    """`table_column_fkey` (`ChooseConstraintName` in PostgreSQL's source)."""
    return "_".join([table, *columns, kind])


def _days_ago(days: int) -> exp.Expr:
    interval = exp.Interval(this=text(f"{days} days"))
    return exp.Sub(this=exp.CurrentDate(), expression=interval)


def _is_of_statement(error: BaseException) -> bool:
    """By the class of the error's code (manual, "PostgreSQL Error Codes"), but for missing rights.

    Class 25 is a write that a function hides: the transaction only reads.
    """
    code = str(getattr(error, "sqlstate", ""))
    return code[:2] in {"0A", "21", "22", "25", "42"} and code != "42501"


PROFILE = Profile(
    sqlglot="postgres",
    label="PostgreSQL",
    fences=words("postgres postgresql pgsql psql plpgsql"),
    signs={
        3.0: (
            "pg_catalog",
            "search_path",
            "nextval(",
            "bigserial",
            "plpgsql",
            "alter table only",
            "jsonb",
            "timestamptz",
            "bytea",
            "\n\\connect",
            "using gin",
            "inherits (",
            "partition of",
            "tsvector",
            "create extension",
            "standard_conforming_strings",
        ),
        2.0: (
            "pg_dump",
            "character varying",
            "without time zone",
            " serial",
            "owner to",
            "from stdin",
            "\n\\c ",
            "int4",
            "int8",
            "float8",
            "as enum",
            "create domain",
            "without oids",
        ),
        1.5: ("postgresql", "::", "$$"),
        1.0: ("[]", " uuid", "on only "),
        0.6: ("comment on", "as identity", "boolean"),
        0.1: (" text,", "varchar("),
    },
    folding=Folding.LOWER,  # 4.1.1
    home="public",
    lexing=Lexing(
        tokens=(
            quoting.DOUBLE_QUOTES,
            quoting.NESTED_COMMENT,
            rf"(?P<escaped>[Ee]{quoting.BACKSLASH_STRING})",
            rf"(?P<dollar>\${_DOLLAR_TAG}+\$)",
            rf"(?P<string>(?:[NnBbXx]|[Uu]&)?{quoting.STRING})",
        ),
        skipped=(
            rf"(?<=\b[Ee]){quoting.CLOSED_BACKSLASH_STRING}",
            rf"(?<!\b[Ee]){quoting.CLOSED_STRING}",
            quoting.CLOSED_DOUBLE_QUOTES,
        ),
        nested_comments=True,
        long_mark="$",
        long_open=rf"\${_DOLLAR_TAG}\$",
        long_quote_end=_long_quote_end,
        client_line=re.compile(r"\\[^\n]*+"),
        line_end=r"[ \t]*+\\[A-Za-z!?.]",
    ),
    ddl=DdlRules(
        serial_types=True,
        select_into=True,
        alter_redefines=False,
        key_name=_key_name,
    ),
    query=QueryRules(
        has_booleans=True,
        # SELECT: an output name in ORDER BY and GROUP BY only by itself.
        group=AliasUse.BARE,
        order=AliasUse.BARE,
        hidden=words("ctid xmin xmax cmin cmax tableoid"),
        pseudo=words(
            """
            current_date current_time current_timestamp current_user current_role
            current_catalog current_schema localtime localtimestamp session_user system_user
            user
            """
        ),
        rows_by_table_name=True,  # 8.16.5
        names_expressions=True,
        table_functions={  # 9.16
            "json_each": "key value",
            "jsonb_each": "key value",
            "json_each_text": "key value",
            "jsonb_each_text": "key value",
            "json_array_elements": "value",
            "jsonb_array_elements": "value",
            "json_array_elements_text": "value",
            "jsonb_array_elements_text": "value",
        },
        single_column_functions=words(
            """
            generate_series unnest generate_subscripts regexp_split_to_table string_to_table
            json_object_keys jsonb_object_keys jsonb_path_query regexp_matches
            """
        ),
        features=features(
            """
            subscripts limit offset_alone fetch fetch_alone colon_cast ilike similar distinct_on
            using lateral full_join bare_subquery nulls_order table_as filter boolean interval
            date_text extract distinct_from percent quantified set_all rollup sample
            """
        ),
        functions=words(
            """
            date_part date_trunc gen_random_uuid initcap left length lpad now random repeat right
            rpad string_agg strpos substr substring to_char to_date to_number trunc
            """
        ),
        empty_select=True,
        function_schema="pg_catalog",
        system_schemas=words("information_schema pg_catalog pg_toast pg_temp"),
        system_prefixes=("pg_",),
    ),
    writing=Writing(
        # Appendix C ("reserved").
        reserved=words(
            """
            all analyse analyze and any array as asc asymmetric both case cast check collate column
            constraint create current_catalog current_date current_role current_time
            current_timestamp current_user default deferrable desc distinct do else end except false
            fetch for foreign from grant group having in initially intersect into lateral leading
            limit localtime localtimestamp not null offset on only or order placing primary
            references returning select session_user some symmetric system_user table then to
            trailing true union unique user using variadic when where window with authorization
            binary collation concurrently cross current_schema freeze full ilike inner is isnull
            join left like natural notnull outer overlaps right similar tablesample verbose
            """
        ),
        nulls_sort_first=False,
        month=lambda date: call("TO_CHAR", date, text("YYYY-MM")),
        days_ago=_days_ago,
        kinds={"text": ValueKind.TEXT},  # the ordinary text type
    ),
    explain=Explain(
        backends=("postgresql",),
        is_of_statement=_is_of_statement,
        extra=Extra.POSTGRES,
        prepare=(
            "SET TRANSACTION READ ONLY",
            "SET LOCAL statement_timeout = '{seconds}s'",
            "SET LOCAL lock_timeout = '1s'",
            "SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'",
        ),
    ),
)
