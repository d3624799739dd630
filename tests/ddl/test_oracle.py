"""Oracle: SQL Developer, DBMS_METADATA, Data Pump's SQLFILE, SQL*Plus scripts."""

from tests.ddl.shapes import columns, comments, defaults, dump, keys, read, table, why
from tunesmith.bot.ddl import Dialect, parse_ddl

SQL_DEVELOPER = dump("sql_developer")


def test_an_export_of_sql_developer_is_read_whole() -> None:
    schema = read(SQL_DEVELOPER)
    assert schema.dialect is Dialect.ORACLE
    assert schema.confidence > 0.99
    assert columns(schema, "HR.EMPLOYEES") == [
        "EMPLOYEE_ID NUMBER(6,0) !",
        "NAME VARCHAR2(25 BYTE)",
        "Mixed Case NVARCHAR2(20)",
        "HIRED DATE",
        "SALARY NUMBER(8,2)",
        "YEARLY NUMBER",
        "DUR INTERVAL DAY (2) TO SECOND (6)",
        "AT TIMESTAMP (6) WITH LOCAL TIME ZONE !",
        "DOC XMLTYPE",
        "HOME HR.ADDR",
        "BODY CLOB",
        "DEPARTMENT_ID NUMBER(4,0)",
    ]
    assert keys(schema, "HR.EMPLOYEES") == [
        "pk(EMPLOYEE_ID)",
        "fk(DEPARTMENT_ID) HR.DEPARTMENTS(DEPARTMENT_ID)",
    ]
    assert comments(schema, "HR.EMPLOYEES") == {"": "员工表", "NAME": "직원; 이름's"}
    assert columns(schema, "HR.DEPARTMENTS") == [
        "DEPARTMENT_ID NUMBER(6,0) !",
        "TITLE VARCHAR2(30 CHAR) !",
    ]
    assert defaults(schema, "HR.DEPARTMENTS") == {"TITLE": "'-'"}
    assert keys(schema, "HR.DEPARTMENTS") == [
        "pk(DEPARTMENT_ID)",
        "uk(DEPARTMENT_ID)",
        "uk(TITLE)",
    ]
    assert columns(schema, "HR.EMP_V") == ["ID NUMBER(6,0) !", "LABEL", "N"]
    assert schema.ignored["INSERT"] == 2
    assert schema.ignored["CREATE TRIGGER"] == 1


def test_sqlplus_commands_are_stepped_over() -> None:
    schema = read(
        """
rem It's a remark with one quote; CREATE TABLE no (a int);
REMARK another
PROMPT Creating table T's ...
prompt
SET ECHO ON FEEDBACK 1
SET DEFINE OFF
WHENEVER SQLERROR EXIT SQL.SQLCODE
SPOOL out.log
DEFINE ts = users
ACCEPT pass CHAR PROMPT 'Password: ' HIDE
@@other.sql
CONNECT hr/&pass

CREATE TABLE &owner..t (
  id NUMBER(10) NOT NULL,
  name VARCHAR2(10 CHAR),
  -- a remark; isn't it
  at DATE DEFAULT TO_DATE('2020;01', 'YYYY;MM')
)
TABLESPACE &ts
/

COMMENT ON TABLE t IS 'T''s table'
/
ALTER TABLE t ADD (extra NUMBER DEFAULT 0 NOT NULL, CONSTRAINT t_pk PRIMARY KEY (id))
  MODIFY (name NOT NULL)
/
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE old';
EXCEPTION WHEN OTHERS THEN NULL;
END;
/
ALTER TABLE t RENAME COLUMN extra TO more;
ALTER TABLE t DROP (name);
RENAME t TO t2;
CREATE GLOBAL TEMPORARY TABLE gtt (a NUMBER) ON COMMIT PRESERVE ROWS;
EXIT
"""
    )
    assert columns(schema, "t2") == ["id NUMBER(10) !", "at DATE", "more NUMBER !"]
    assert comments(schema, "t2") == {"": "T's table"}
    assert keys(schema, "t2") == ["pk(id)"]
    assert columns(schema, "gtt") == ["a NUMBER"]


def test_unquoted_names_fold_to_upper_case() -> None:
    schema = parse_ddl(
        """
CREATE TABLE Emp (Id NUMBER, "name" VARCHAR2(5));
COMMENT ON COLUMN "EMP"."ID" IS 'found';
COMMENT ON COLUMN emp.name IS 'not found: it is quoted';
""",
        dialect=Dialect.ORACLE,
    )
    assert comments(schema, "Emp") == {"Id": "found"}
    assert [item.line for item in schema.unparsed] == [4]


def test_programs_without_a_slash_do_not_swallow_the_next_table() -> None:
    schema = read(
        """
CREATE OR REPLACE PROCEDURE p IS
  x NUMBER;
BEGIN
  x := 1;
END;

CREATE TABLE after_it (a VARCHAR2(5));
""",
        Dialect.ORACLE,
    )
    assert columns(schema, "after_it") == ["a VARCHAR2(5)"]


def test_current_schema_and_index_organised_tables() -> None:
    schema = read(
        """
ALTER SESSION SET CURRENT_SCHEMA = app;
CREATE TABLE c (id CHAR(2) CONSTRAINT c_nn NOT NULL, n VARCHAR2(9),
  CONSTRAINT c_pk PRIMARY KEY (id)) ORGANIZATION INDEX;
CREATE TABLE d (c_id CHAR(2) CONSTRAINT d_fk REFERENCES c (id) ON DELETE CASCADE,
  j CLOB CHECK (j IS JSON), x RAW(16) DEFAULT SYS_GUID());
""",
        Dialect.ORACLE,
    )
    assert [item.name for item in schema.tables] == ["app.c", "app.d"]
    assert columns(schema, "app.c") == ["id CHAR(2) !", "n VARCHAR2(9)"]
    assert keys(schema, "app.d") == ["fk(c_id) app.c(id)"]
    assert defaults(schema, "app.d") == {"x": "SYS_GUID()"}


def test_a_table_made_from_a_query() -> None:
    schema = read(
        'CREATE TABLE a (id NUMBER, "n" VARCHAR2(5));\n'
        "CREATE TABLE b AS SELECT a.*, id * 2 AS twice FROM a;\n",
        Dialect.ORACLE,
    )
    assert columns(schema, "b") == ["id NUMBER", "n VARCHAR2(5)", "twice"]
    assert table(schema, "b").is_view is False


def test_what_a_block_executes_is_read_as_if_it_stood_alone() -> None:
    schema = read(
        """
begin
  execute immediate '
  CREATE TABLE bank.tariff (tariff_id NUMBER, name VARCHAR2(70) DEFAULT ''N'')';
exception when others then
  if sqlcode = -955 then null; else raise; end if;
end;
/
begin
  execute immediate 'ALTER TABLE bank.tariff ADD CONSTRAINT pk_t PRIMARY KEY (tariff_id)
  USING INDEX TABLESPACE users ENABLE';
  execute immediate 'ALTER TABLE bank.tariff MODIFY (name CONSTRAINT nn NOT NULL ENABLE)';
end;
/
declare n number;
begin
  select count(*) into n from user_tables where table_name = 'CLIENT';
  if n = 0 then
    execute immediate q'[create table bank.client (id number primary key, tariff_id number)]';
  end if;
end;
/
COMMENT ON COLUMN bank.tariff.name IS 'what it is called';
"""
    )
    assert schema.dialect is Dialect.ORACLE
    assert columns(schema, "bank.tariff") == ["tariff_id NUMBER !", "name VARCHAR2(70) !"]
    assert comments(schema, "bank.tariff") == {"name": "what it is called"}
    assert keys(schema, "bank.tariff") == ["pk(tariff_id)"]
    assert columns(schema, "bank.client") == ["id number !", "tariff_id number"]


def test_a_block_that_builds_its_statement_is_named() -> None:
    schema = parse_ddl(
        """create table t (a number);
begin
  execute immediate 'create table t' || to_char(1) || ' (a number)';
end;
/
""",
        dialect=Dialect.ORACLE,
    )
    assert [table.name for table in schema.tables] == ["t"]
    (piece,) = schema.unparsed
    assert (piece.line, why(piece)) == (2, "a program that makes tables when it runs")
