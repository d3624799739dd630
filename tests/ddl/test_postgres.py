"""PostgreSQL: pg_dump, Navicat, DBeaver, Prisma, and what people write by hand."""

from tests.ddl.shapes import columns, comments, defaults, dump, keys, read, table, why
from tunesmith.bot.ddl import Dialect, parse_ddl

PG_DUMP = dump("pg_dump")


def test_a_pg_dump_is_read_whole() -> None:
    schema = read(PG_DUMP)
    assert schema.dialect is Dialect.POSTGRES
    assert schema.confidence > 0.99
    assert columns(schema, "app.person") == [
        "id integer !",
        "fullName character varying(100) !",
        "email app.email !",
        "feeling app.mood",
        "tags text[] !",
        "matrix integer[3][3]",
        "amount numeric(10,2)",
        "born date",
        "seen timestamp(3) without time zone",
        "logged timestamp with time zone",
        "span interval day to second(3)",
        "code character(3)",
        "bits bit varying(8)",
        "place point",
        "place2 public.geometry(Point,4326)",
        "doc jsonb",
        "search tsvector",
        "boss_id bigint",
        "select double precision",
    ]
    assert comments(schema, "app.person") == {
        "": '사람; 회원 "정보"',
        "fullName": "이름\n둘째 줄; it's",
        "code": "tab\there 'q'",
    }
    assert keys(schema, "app.person") == [
        "pk(id)",
        "uk(fullName, born)",
        "uk(code)",
        "fk(boss_id) app.person(id)",
    ]
    assert defaults(schema, "app.person")["seen"] == "timezone('utc'::text, now())"
    assert defaults(schema, "app.person")["id"] == "nextval('app.person_id_seq'::regclass)"
    assert schema.types == {
        "app.mood": "ENUM ( 'sad', 'o;k', 'it''s happy' )",
        "app.email": "text NOT NULL CONSTRAINT c CHECK ((VALUE ~ '^[^@]+@[^@;]+$'::text))",
        "app.pair": "(x integer, y integer)",
    }


def test_partitions_have_the_keys_of_their_table() -> None:
    schema = read(PG_DUMP)
    assert table(schema, "app.audit_2024").partition_of == "app.audit"
    assert keys(schema, "app.audit_2024") == ["pk(id, at)", "fk(who) app.person(id)"]
    assert columns(schema, "app.audit_2024") == columns(schema, "app.audit")


def test_views_have_the_columns_of_their_query() -> None:
    schema = read(PG_DUMP)
    assert columns(schema, "app.people") == [
        "id integer !",
        "name character varying(100) !",
        "n",
        "doubled",
        "born date",
    ]
    assert columns(schema, "app.totals") == columns(schema, "app.people")
    assert comments(schema, "app.totals") == {"": "sums", "doubled": "twice"}


def test_unquoted_names_fold_to_lower_case_and_quoted_ones_do_not() -> None:
    schema = parse_ddl(
        """
CREATE TABLE Users (Id serial PRIMARY KEY, "Name" text, NAME text);
CREATE TABLE "users2" (user_id int REFERENCES USERS (ID));
COMMENT ON COLUMN users."Name" IS 'quoted';
COMMENT ON COLUMN USERS.name IS 'folded';
COMMENT ON COLUMN users."ID" IS 'nothing has this name';
COMMENT ON TABLE "Users" IS 'nor this';
""",
        dialect=Dialect.POSTGRES,
    )
    assert comments(schema, "Users") == {"Name": "quoted", "NAME": "folded"}
    assert keys(schema, "users2") == ["fk(user_id) Users(Id)"]
    assert [(item.line, why(item)) for item in schema.unparsed] == [
        (6, "it describes a column that Users does not have"),
        (7, "it describes Users, which is not in the file"),
    ]
    assert [column.quoted for column in table(schema, "Users").columns] == [False, True, False]


def test_the_search_path_of_older_dumps_is_the_schema() -> None:
    schema = read("""
SET search_path = sales, pg_catalog;
CREATE TABLE orders (id integer NOT NULL);
SET search_path = public, pg_catalog;
CREATE TABLE orders (id integer, sale integer);
ALTER TABLE ONLY orders ADD CONSTRAINT f FOREIGN KEY (sale) REFERENCES sales.orders(id);
SET search_path TO 'hr';
CREATE TABLE staff (id integer);
COMMENT ON TABLE staff IS 's';
""")
    assert [item.name for item in schema.tables] == ["sales.orders", "orders", "hr.staff"]
    assert keys(schema, "orders") == ["fk(sale) sales.orders(id)"]


def test_create_schema_with_tables_in_it() -> None:
    schema = read(
        """
CREATE SCHEMA hollywood AUTHORIZATION joe
    CREATE TABLE films (title text PRIMARY KEY, release date, awards text[])
    CREATE VIEW winners AS
        SELECT title, release FROM films WHERE awards IS NOT NULL;
CREATE TABLE films (other int);
""",
        Dialect.POSTGRES,
    )
    assert columns(schema, "hollywood.films") == ["title text !", "release date", "awards text[]"]
    assert columns(schema, "hollywood.winners") == ["title text !", "release date"]
    assert columns(schema, "films") == ["other int"]


def test_inherits_like_partition_of_and_of() -> None:
    schema = read(
        """
CREATE TABLE base (id bigserial PRIMARY KEY, name text NOT NULL DEFAULT 'x');
COMMENT ON COLUMN base.name IS 'n';
CREATE TABLE child (extra int) INHERITS (base);
CREATE TABLE plain (LIKE base, own int);
CREATE TABLE whole (LIKE base INCLUDING ALL);
CREATE TABLE parts (id int NOT NULL, k text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a', 'b');
CREATE TABLE parts_d PARTITION OF parts DEFAULT PARTITION BY HASH (id);
CREATE UNLOGGED TABLE IF NOT EXISTS base (nothing int);
""",
        Dialect.POSTGRES,
    )
    assert columns(schema, "child") == ["id bigserial !", "name text !", "extra int"]
    assert keys(schema, "child") == []
    assert columns(schema, "plain") == ["id bigserial !", "name text !", "own int"]
    assert defaults(schema, "plain") == {}
    assert keys(schema, "whole") == ["pk(id)"]
    assert comments(schema, "whole") == {"name": "n"}
    assert columns(schema, "parts_a") == ["id int !", "k text !"]
    assert keys(schema, "parts_d") == ["pk(id, k)"]
    assert table(schema, "parts_d").partition_of == "parts"


def test_changes_of_columns_and_tables_are_followed() -> None:
    schema = read(
        """
CREATE TABLE a (id int PRIMARY KEY, x varchar(5) NOT NULL, y int DEFAULT 1, z int);
CREATE TABLE b (a_id int REFERENCES a, c int);
ALTER TABLE a RENAME COLUMN id TO key;
ALTER TABLE IF EXISTS ONLY a ALTER COLUMN x DROP NOT NULL, ALTER x TYPE text USING x::text,
  ALTER COLUMN y DROP DEFAULT, ALTER y SET NOT NULL, DROP COLUMN IF EXISTS z CASCADE,
  DROP COLUMN IF EXISTS never_was, ADD COLUMN IF NOT EXISTS w jsonb DEFAULT '{}' NOT NULL,
  ADD COLUMN IF NOT EXISTS x int, ALTER COLUMN w SET STATISTICS 100, ALTER w SET STORAGE EXTENDED;
ALTER TABLE a RENAME TO a2;
ALTER TABLE a2 SET SCHEMA archive;
ALTER TABLE b RENAME c TO d;
ALTER TABLE b ADD CONSTRAINT u UNIQUE (d);
ALTER TABLE b DROP CONSTRAINT u;
CREATE UNIQUE INDEX ix ON b (d);
ALTER TABLE b ADD CONSTRAINT b_pk PRIMARY KEY USING INDEX ix;
DROP TABLE IF EXISTS nothing, also_nothing CASCADE;
CREATE TABLE gone (a int); DROP TABLE gone;
""",
        Dialect.POSTGRES,
    )
    assert columns(schema, "archive.a2") == ["key int !", "x text", "y int !", "w jsonb !"]
    assert keys(schema, "archive.a2") == ["pk(key)"]
    assert keys(schema, "b") == ["pk(d)", "uk(d)", "fk(a_id) archive.a2(key)"]
    assert "gone" not in [item.name for item in schema.tables]


def test_words_that_are_no_keywords_here_are_column_names() -> None:
    schema = read(
        "CREATE TABLE t (key text, index int, comment text, type text, value text, period int,"
        " name name, date date, time time, timestamp timestamp, text text, interval interval,"
        " hidden boolean, storage text, options text, first int, after int, match text);",
        Dialect.POSTGRES,
    )
    assert columns(schema, "t") == [
        "key text",
        "index int",
        "comment text",
        "type text",
        "value text",
        "period int",
        "name name",
        "date date",
        "time time",
        "timestamp timestamp",
        "text text",
        "interval interval",
        "hidden boolean",
        "storage text",
        "options text",
        "first int",
        "after int",
        "match text",
    ]


def test_nested_comments_dollar_quotes_and_brackets_hide_what_is_in_them() -> None:
    schema = read(
        """
/* outer /* CREATE TABLE inner1 (a int); */ still comment; ' */
CREATE TABLE t ( -- the table; it's
  a int /* a /* b */ c */ DEFAULT length($$it's; $x$ (a$$), -- first, with (parens
  b text DEFAULT $q$it's ; )$q$, c int -- last
);
DO $do$ BEGIN RAISE NOTICE 'x;'; END $do$;
""",
        Dialect.POSTGRES,
    )
    assert columns(schema, "t") == ["a int", "b text", "c int"]
    found = table(schema, "t")
    assert found.remark == "the table; it's"
    assert [column.remark for column in found.columns] == ["a /* b */ c", None, "last"]


def test_a_program_that_makes_tables_is_named() -> None:
    schema = parse_ddl("CREATE TABLE a (i int);\nDO $$ BEGIN CREATE TABLE b (i int); END $$;")
    assert [(item.line, why(item)) for item in schema.unparsed] == [
        (2, "a program that makes tables when it runs")
    ]


def test_navicat_for_postgresql() -> None:
    schema = read("""
/*
 Navicat Premium Data Transfer
 Source Server Type    : PostgreSQL
*/
DROP TABLE IF EXISTS "public"."sys_user";
CREATE TABLE "public"."sys_user" (
  "user_id" int8 NOT NULL DEFAULT nextval('sys_user_seq'::regclass),
  "user_name" varchar(30) COLLATE "pg_catalog"."default" NOT NULL,
  "sex" char(1) COLLATE "pg_catalog"."default" DEFAULT '0'::bpchar
)
;
COMMENT ON COLUMN "public"."sys_user"."sex" IS '用户性别（0男 1女 2未知）';
COMMENT ON TABLE "public"."sys_user" IS '用户信息表';
BEGIN;
INSERT INTO "public"."sys_user" VALUES (1, 'a;', '0');
COMMIT;
ALTER TABLE "public"."sys_user" ADD CONSTRAINT "sys_user_pkey" PRIMARY KEY ("user_id");
""")
    assert columns(schema, "public.sys_user") == [
        "user_id int8 !",
        "user_name varchar(30) !",
        "sex char(1)",
    ]
    assert comments(schema, "public.sys_user") == {
        "": "用户信息表",
        "sex": "用户性别（0男 1女 2未知）",
    }


def test_prisma_and_placeholders() -> None:
    schema = read(
        """
-- CreateTable
CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE TABLE @cdmSchema.PERSON (person_id integer NOT NULL, user_id integer);
ALTER TABLE @cdmSchema.PERSON ADD CONSTRAINT xpk PRIMARY KEY (person_id);
ALTER TABLE ${flyway:defaultSchema}.person
    ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES "User" ("id");
-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
""",
        Dialect.POSTGRES,
    )
    assert keys(schema, "User") == ["pk(id)", "uk(email)"]
    assert keys(schema, "PERSON") == ["pk(person_id)", "fk(user_id) User(id)"]


def test_foreign_and_query_made_tables() -> None:
    schema = read(
        """
CREATE TABLE src (id int, name text);
CREATE FOREIGN TABLE ext (id int OPTIONS (column_name 'ID') NOT NULL, n text)
    SERVER s OPTIONS (a 'b');
CREATE TABLE m AS WITH w AS (SELECT id, upper(name) AS up FROM src) SELECT w.*, 1 AS one FROM w;
CREATE TABLE n (a, b) AS SELECT id, name FROM src;
CREATE TEMP TABLE t1 (a int);
""",
        Dialect.POSTGRES,
    )
    assert columns(schema, "ext") == ["id int !", "n text"]
    assert columns(schema, "m") == ["id int", "up", "one"]
    assert columns(schema, "n") == ["a int", "b text"]


def test_exclude_may_be_the_name_of_a_column() -> None:
    schema = read(
        """CREATE TABLE report (
  id bigserial PRIMARY KEY,
  exclude integer DEFAULT '0' NOT NULL,
  span tsrange,
  EXCLUDE USING gist (span WITH &&)
);"""
    )
    assert columns(schema, "report") == ["id bigserial !", "exclude integer !", "span tsrange"]


def test_keys_are_dropped_by_the_names_that_the_server_gives_them() -> None:
    schema = read(
        """CREATE TABLE kind (id serial PRIMARY KEY);
CREATE TABLE item (
  id serial PRIMARY KEY,
  kind_id int REFERENCES kind (id),
  code text UNIQUE
);
ALTER TABLE item DROP CONSTRAINT item_pkey, DROP CONSTRAINT item_kind_id_fkey;
ALTER TABLE item DROP CONSTRAINT item_code_key, ADD PRIMARY KEY (id, kind_id);"""
    )
    assert keys(schema, "item") == ["pk(id, kind_id)"]


def test_a_view_shows_a_column_that_using_joins_once_and_first() -> None:
    schema = read(
        """
CREATE TABLE a (id int NOT NULL, name text);
CREATE TABLE b (id bigint NOT NULL, total numeric);
CREATE VIEW v AS SELECT * FROM a JOIN b USING (id);
CREATE VIEW w AS SELECT count(*), v.name FROM v GROUP BY v.name;
CREATE VIEW x AS SELECT t.* FROM (SELECT sum(total), id FROM b GROUP BY id) AS t (s);
""",
        Dialect.POSTGRES,
    )
    shown = {table.name: [(c.name, c.type) for c in table.columns] for table in schema.tables}
    assert shown["v"] == [("id", "int"), ("name", "text"), ("total", "numeric")]
    assert shown["w"] == [("count", ""), ("name", "text")]
    assert shown["x"] == [("s", ""), ("id", "bigint")]
