"""SQL Server. Source: the Transact-SQL reference for SQL Server 2022."""

import re

from sqlglot import exp

from tunesmith.bot.ddl.dialects import quoting
from tunesmith.bot.ddl.dialects.features import features
from tunesmith.bot.ddl.dialects.profile import (
    AliasUse,
    DdlRules,
    DottedAccess,
    Lexing,
    Profile,
    ProgramEnd,
    QueryRules,
    ValueKind,
    Writing,
    words,
)
from tunesmith.bot.ddl.dialects.tree_writing import call, number, text

_GO = r"[ \t]*+[Gg][Oo][ \t;]*+(?:\d++[ \t]*+)?(?:--[^\n]*+)?(?=\n|\Z)"


def _days_ago(days: int) -> exp.Expr:
    today = exp.cast(call("GETDATE"), exp.DType.DATE)
    return call("DATEADD", exp.var("DAY"), number(-days), today)


PROFILE = Profile(
    sqlglot="tsql",
    label="SQL Server",
    fences=words("tsql t-sql mssql sqlserver"),
    signs={
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
    # The collation decides on case, and ignores it unless somebody changed it.
    home="dbo",
    lexing=Lexing(
        tokens=(
            quoting.DOUBLE_QUOTES,
            quoting.NESTED_COMMENT,
            quoting.BRACKETS,
            quoting.BACKTICKS,
            rf"(?P<string>[NnXx]?{quoting.STRING})",
            r"(?P<variable>@@?\w++(?![@.])|\#\#?\w++)",
        ),
        skipped=(
            quoting.CLOSED_STRING,
            quoting.CLOSED_DOUBLE_QUOTES,
            quoting.CLOSED_BRACKETS,
            quoting.CLOSED_BACKTICKS,
        ),
        marks=r"\[`",
        nested_comments=True,
        client_line=re.compile(_GO + r"|:(?!:)[^\n]*+|!![^\n]*+"),
        line_end=_GO,
        # Rows are often inserted without semicolons; the next statement starts on its own line.
        rows_end=_GO
        + (
            r"|[ \t]*+(?i:(?:INSERT|CREATE|ALTER|SET|UPDATE|DELETE|PRINT|DECLARE|IF)\b"
            r"|EXEC(?:UTE)?[ \t]++(?:sys\.)?sp_)"
        ),
        program_end=ProgramEnd.BATCH,
        semicolons_optional=True,
    ),
    ddl=DdlRules(
        index_elements=words("INDEX"),
        temporary_mark="#",
        select_into=True,
        one_alter_verb=True,
    ),
    query=QueryRules(
        texts_ignore_case=True,
        order=AliasUse.BARE,  # ORDER BY: an alias cannot be part of an expression
        hidden=words("$identity $rowguid $partition"),
        pseudo=words("current_timestamp current_user session_user system_user user"),
        recursive_without_keyword=True,
        dotted=DottedAccess.METHOD,
        table_functions={  # STRING_SPLIT, GENERATE_SERIES, OPENJSON
            "string_split": "value ordinal",
            "generate_series": "value",
            "openjson": "key value type",
        },
        features=features(
            """
            brackets braces top offset_alone fetch try_cast apply full_join table_as distinct_from
            percent quantified rollup with_rollup sample lock_hint pivot
            """
        ),
        functions=words(
            """
            charindex dateadd datediff datename datepart datetrunc day eomonth getdate iif isnull
            left len month newid rand replicate right string_agg stuff substring year
            """
        ),
        # Reserved words, and a second statement needs no semicolon in front.
        statement_words=words(
            """
            ALTER BACKUP BULK CHECKPOINT CREATE DBCC DEALLOCATE DECLARE DELETE DENY DISK DROP DUMP
            EXEC EXECUTE GRANT INSERT KILL LOAD MERGE OPENDATASOURCE OPENQUERY OPENROWSET PRINT
            RAISERROR READTEXT RECONFIGURE RESTORE REVERT REVOKE SAVE SETUSER SHUTDOWN TRUNCATE
            UPDATE UPDATETEXT USE WAITFOR WRITETEXT
            """
        ),
        methods=words("value query exist nodes tostring getlevel"),
        system_schemas=words("information_schema sys master msdb tempdb model"),
        system_tables=words("sysobjects syscolumns sysusers syslogins sysdatabases"),
    ),
    writing=Writing(
        # "Reserved Keywords". `limit` is free, but sqlglot does not read it as a name here.
        reserved=words(
            """
            add all alter and any as asc authorization backup begin between break browse bulk by
            cascade case check checkpoint close clustered coalesce collate column commit compute
            constraint contains containstable continue convert create cross current current_date
            current_time current_timestamp current_user cursor database dbcc deallocate declare
            default delete deny desc disk distinct distributed double drop dump else end errlvl
            escape except exec execute exists exit external fetch file fillfactor for foreign
            freetext freetexttable from full function goto grant group having holdlock identity
            identity_insert identitycol if in index inner insert intersect into is join key kill
            left like lineno load merge national nocheck nonclustered not null nullif of off offsets
            on open opendatasource openquery openrowset openxml option or order outer over percent
            pivot plan precision primary print proc procedure public raiserror read readtext
            reconfigure references replication restore restrict return revert revoke right rollback
            rowcount rowguidcol rule save schema securityaudit select session_user set setuser
            shutdown some statistics system_user table tablesample textsize then to top tran
            transaction trigger truncate try_convert tsequal union unique unpivot update updatetext
            use user values varying view waitfor when where while with within writetext limit
            """
        ),
        national_strings=True,
        generated="AS ({})",
        month=lambda date: call("FORMAT", date, text("yyyy-MM")),
        days_ago=_days_ago,
        kinds={"bit": ValueKind.BIT, "timestamp": ValueKind.OTHER},  # timestamp: a row version
    ),
)
