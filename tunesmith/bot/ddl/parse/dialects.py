"""Which dialect a dump is written in, by the words that only one of them has."""

import math

from tunesmith.bot.ddl.dialect import Dialect

_SAMPLE = 300_000  # characters looked at
_MOST = 32  # how often one sign counts

# Lower-case text that speaks for a dialect, by its weight. Found as plain text, so that no regular
# expression has to run over the file once per sign.
_SIGNS: dict[Dialect, dict[float, tuple[str, ...]]] = {
    Dialect.MYSQL: {
        3.0: ("engine=", "engine =", "auto_increment", "/*!", "on update current_timestamp"),
        2.0: (
            "charset=",
            "mediumtext",
            "longtext",
            "mediumblob",
            "longblob",
            " comment '",
            " comment='",
            "comment = '",
            "utf8mb4",
            "fulltext key",
            "lock tables",
            "modify column",
        ),
        1.5: ("unsigned", "tinyint(", "bigint(", "mariadb"),
        1.0: ("`", "mysql", "delimiter ", "enum(", "unique key"),
        0.3: ("using btree", "datetime", " double "),
    },
    Dialect.POSTGRES: {
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
    Dialect.MSSQL: {
        3.0: (
            "\ngo\n",
            "[dbo]",
            "identity(",
            "sp_addextendedproperty",
            "getdate()",
            "newid()",
            "uniqueidentifier",
            "datetime2",
            "set ansi_nulls",
            "quoted_identifier",
            "on [primary]",
            "nonclustered",
            "with check add",
            "object_id(",
            "sysobjects",
        ),
        2.0: ("nvarchar", "dbo.", "identity (", "clustered", "] [", "(max)", " ntext"),
        1.0: ("nchar", " money"),
        0.5: (" bit ",),
    },
    Dialect.ORACLE: {
        3.0: (
            "varchar2",
            "\nprompt ",
            "\nrem ",
            "pctfree",
            "segment creation",
            "editionable",
            " byte)",
            "default on null",
            ".nextval",
        ),
        2.0: (
            "sysdate",
            "systimestamp",
            "\n/\n",
            "storage(",
            "noparallel",
            "execute immediate",
            "user_tables",
            " char)",
            "long raw",
        ),
        1.5: ("number(", " number,", "xmltype"),
        1.0: (" number ", "clob", "tablespace", " enable"),
        0.6: ("oracle", "comment on", " add ("),
    },
    Dialect.SQLITE: {
        3.0: (
            "autoincrement",
            "pragma ",
            "without rowid",
            "sqlite",
            "fts5",
            "fts4",
            "create virtual table",
            "collate nocase",
            "julianday",
        ),
        2.0: ("strftime(", "datetime('now", ") strict", "] integer"),
        1.0: ("begin transaction;", "integer primary key", "integer not null primary key"),
        0.3: (" blob,", "glob "),
        0.1: (" text not null",),
    },
}


def detect(text: str) -> tuple[Dialect, float]:
    """The likeliest dialect and how sure that is, 0–1.

    Without any sign the answer is MySQL, the most common of them, with a confidence of 0.2.
    """
    sample = text[:_SAMPLE].lower().replace("\t", " ")
    scores = dict.fromkeys(Dialect, 0.0)
    for dialect, weights in _SIGNS.items():
        for weight, signs in weights.items():
            for sign in signs:
                if times := min(sample.count(sign), _MOST):
                    scores[dialect] += weight * (1 + math.log(times, _MOST))
    best = max(scores, key=lambda dialect: scores[dialect])
    others = sum(math.exp(score - scores[best]) for score in scores.values())
    return best, round(1 / others, 3)
