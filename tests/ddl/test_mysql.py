"""MySQL and MariaDB: mysqldump, phpMyAdmin, Navicat, and what people write by hand."""

from tests.ddl.shapes import columns, comments, defaults, dump, keys, read, table
from tunesmith.bot.ddl import Dialect, parse_ddl

MYSQLDUMP = dump("mysqldump")


def test_a_mysqldump_is_read_whole() -> None:
    schema = read(MYSQLDUMP)
    assert schema.dialect is Dialect.MYSQL
    assert schema.confidence > 0.99
    assert [item.name for item in schema.tables] == ["order_items", "orders", "v_orders"]
    assert columns(schema, "order_items") == [
        "id bigint unsigned !",
        "order_id int !",
        "sku varchar(64) !",
        "qty smallint unsigned !",
        "price decimal(10,2)",
        "line_total decimal(12,2)",
        "state enum('new','paid;now','it''s, done') !",
        "flags set('a','b')",
        "doc json",
        "ts timestamp(3) !",
        "hidden int",
    ]
    assert comments(schema, "order_items") == {
        "": "订单明细（; 含单价）",
        "id": '明细ID; 不是"订单"ID',
        "sku": "it's a sku, with 'quotes' and (parens",
    }
    assert keys(schema, "order_items") == [
        "pk(id)",
        "uk(order_id, sku)",
        "fk(order_id) orders(id)",
    ]
    assert defaults(schema, "order_items") == {
        "sku": "''",
        "qty": "'1'",
        "state": "'new'",
        "ts": "CURRENT_TIMESTAMP(3)",
        "hidden": "'0'",
    }
    assert table(schema, "order_items").columns[5].generated == "((`price` * `qty`))"


def test_a_views_last_definition_counts() -> None:
    schema = read(MYSQLDUMP)
    view = table(schema, "v_orders")
    assert view.is_view
    assert columns(schema, "v_orders") == ["id int !", "n"]


def test_what_says_nothing_of_tables_is_counted() -> None:
    ignored = read(MYSQLDUMP).ignored
    assert ignored["INSERT"] == 1
    assert ignored["CREATE TRIGGER"] == 1
    assert ignored["CREATE PROCEDURE"] == 1


def test_phpmyadmin_adds_keys_and_auto_increment_later() -> None:
    schema = read("""
-- phpMyAdmin SQL Dump
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
--
-- 테이블 구조 `member`
--
CREATE TABLE `member` (
  `id` int(11) NOT NULL COMMENT '회원 번호',
  `email` varchar(100) DEFAULT NULL COMMENT '이메일',
  `group_id` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `grp` (`id` int(11) NOT NULL) ENGINE=InnoDB;
INSERT INTO `member` (`id`, `email`) VALUES (1, 'a@b.c');
ALTER TABLE `member`
  ADD PRIMARY KEY (`id`),
  ADD UNIQUE KEY `email` (`email`),
  ADD KEY `group_id` (`group_id`);
ALTER TABLE `grp` ADD PRIMARY KEY (`id`);
ALTER TABLE `member`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT COMMENT '회원 번호', AUTO_INCREMENT=12;
ALTER TABLE `member`
  ADD CONSTRAINT `fk_g` FOREIGN KEY (`group_id`) REFERENCES `grp` (`id`);
COMMIT;
""")
    assert columns(schema, "member") == ["id int(11) !", "email varchar(100)", "group_id int(11)"]
    assert comments(schema, "member") == {"id": "회원 번호", "email": "이메일"}
    assert keys(schema, "member") == ["pk(id)", "uk(email)", "fk(group_id) grp(id)"]


def test_changes_of_columns_are_followed() -> None:
    schema = read(
        """
CREATE TABLE a (id int PRIMARY KEY, old_name varchar(10) COMMENT 'x', gone int, c int NOT NULL);
CREATE TABLE b (id int, a_id int, FOREIGN KEY (a_id) REFERENCES a (id));
ALTER TABLE a CHANGE COLUMN old_name new_name varchar(20) NOT NULL DEFAULT 'q' COMMENT 'y' AFTER c,
  DROP COLUMN gone, ADD COLUMN z int FIRST, ADD (y int, x int), MODIFY c bigint COMMENT 'now null';
ALTER TABLE a CHANGE id key_id int NOT NULL;
ALTER TABLE a ALTER COLUMN c SET DEFAULT 7, ALTER y SET DEFAULT (1 + 2);
ALTER TABLE a COMMENT = 'table a', ENGINE = InnoDB, RENAME TO aa;
RENAME TABLE b TO bb;
ALTER TABLE bb ADD INDEX i (a_id), ADD CONSTRAINT UNIQUE (id), DROP FOREIGN KEY nothing;
""",
        Dialect.MYSQL,
    )
    assert columns(schema, "aa") == [
        "z int",
        "key_id int !",
        "c bigint",
        "new_name varchar(20) !",
        "y int",
        "x int",
    ]
    assert comments(schema, "aa") == {"": "table a", "c": "now null", "new_name": "y"}
    assert defaults(schema, "aa") == {"c": "7", "new_name": "'q'", "y": "(1 + 2)"}
    assert keys(schema, "aa") == ["pk(key_id)"]
    assert keys(schema, "bb") == ["uk(id)", "fk(a_id) aa(key_id)"]


def test_reserved_words_and_odd_characters_are_names_when_quoted() -> None:
    schema = read(
        "CREATE TABLE `select` (`from` int, `key` varchar(5), `a``b` int, `c d` int, `primary` int"
        ", `数量` int COMMENT '数量', `order.by` int, `#x` int, PRIMARY KEY (`primary`)"
        ", KEY (`key`));"
    )
    assert columns(schema, "select") == [
        "from int",
        "key varchar(5)",
        "a`b int",
        "c d int",
        "primary int !",
        "数量 int",
        "order.by int",
        "#x int",
    ]


def test_unquoted_odd_names_are_names() -> None:
    schema = read(
        "CREATE TABLE t1 (2fa_on tinyint(1), 名称 varchar(10), type int, status int, date date,"
        " comment text COMMENT 'c', value int, period int, index_no int, check_at int,"
        " `desc` text) ENGINE=MyISAM;"
    )
    assert [column.name for column in table(schema, "t1").columns] == [
        "2fa_on",
        "名称",
        "type",
        "status",
        "date",
        "comment",
        "value",
        "period",
        "index_no",
        "check_at",
        "desc",
    ]


def test_double_quotes_are_strings_and_with_ansi_quotes_names() -> None:
    schema = read(
        """CREATE TABLE "t" ("id" int NOT NULL, "n" varchar(9) DEFAULT "a\\"b" COMMENT "c""d",
        PRIMARY KEY ("id")) ENGINE=InnoDB COMMENT="x\\ny";"""
    )
    assert columns(schema, "t") == ["id int !", "n varchar(9)"]
    assert comments(schema, "t") == {"": "x\ny", "n": 'c"d'}


def test_two_databases_in_one_dump_stay_apart() -> None:
    schema = read("""
CREATE DATABASE /*!32312 IF NOT EXISTS*/ `one` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
USE `one`;
CREATE TABLE `t` (`a` int, PRIMARY KEY (`a`)) ENGINE=InnoDB;
CREATE TABLE `u` (`a` int, CONSTRAINT `x` FOREIGN KEY (`a`) REFERENCES `t` (`a`)) ENGINE=InnoDB;
USE `two`;
CREATE TABLE `t` (`b` int, PRIMARY KEY (`b`)) ENGINE=InnoDB;
CREATE TABLE `u` (`b` int, CONSTRAINT `y` FOREIGN KEY (`b`) REFERENCES `t` (`b`)) ENGINE=InnoDB;
""")
    assert [item.name for item in schema.tables] == ["one.t", "one.u", "two.t", "two.u"]
    assert keys(schema, "one.u") == ["fk(a) one.t(a)"]
    assert keys(schema, "two.u") == ["fk(b) two.t(b)"]


def test_one_database_is_not_put_before_the_names() -> None:
    schema = read(
        "USE shop;\nCREATE TABLE t (`a` int) ENGINE=InnoDB;\nALTER TABLE shop.t ADD b int;"
    )
    assert columns(schema, "t") == ["a int", "b int"]


def test_like_and_select_make_tables_from_tables() -> None:
    schema = read(
        """
CREATE TABLE src (id int NOT NULL AUTO_INCREMENT, name varchar(10) COMMENT 'n', PRIMARY KEY (id));
CREATE TABLE copy1 LIKE src;
CREATE TABLE copy2 (LIKE src);
CREATE TABLE made AS SELECT id, name AS label, count(*) AS n FROM src GROUP BY 1, 2;
CREATE TABLE made2 (extra int) SELECT id FROM src;
CREATE TEMPORARY TABLE tmp (a int);
""",
        Dialect.MYSQL,
    )
    assert columns(schema, "copy1") == columns(schema, "src")
    assert keys(schema, "copy1") == ["pk(id)"]
    assert comments(schema, "copy2") == {"name": "n"}
    assert columns(schema, "made") == ["id int !", "label varchar(10)", "n"]
    assert columns(schema, "made2") == ["extra int", "id int !"]
    assert "tmp" not in [item.name for item in schema.tables]
    assert schema.ignored["CREATE TEMPORARY TABLE"] == 1


def test_a_copied_table_goes_its_own_way() -> None:
    schema = read(
        """
CREATE TABLE a (id int PRIMARY KEY, n int UNIQUE);
CREATE TABLE b LIKE a;
ALTER TABLE b CHANGE id key_id int, DROP COLUMN n;
""",
        Dialect.MYSQL,
    )
    assert keys(schema, "a") == ["pk(id)", "uk(n)"]
    assert keys(schema, "b") == ["pk(key_id)"]


def test_mariadb_is_read() -> None:
    schema = read("""
/*M!999999\\- enable the sandbox mode */
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB
CREATE TABLE `t` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `u` uuid NOT NULL DEFAULT uuid(),
  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)),
  `v` varchar(5) GENERATED ALWAYS AS (left(`u`,5)) VIRTUAL,
  `p` int(11) GENERATED ALWAYS AS (`id` + 1) PERSISTENT,
  `start` timestamp(6) GENERATED ALWAYS AS ROW START,
  `end` timestamp(6) GENERATED ALWAYS AS ROW END,
  PRIMARY KEY (`id`,`end`),
  PERIOD FOR SYSTEM_TIME (`start`, `end`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING;
CREATE SEQUENCE `s` start with 1;
""")
    assert columns(schema, "t") == [
        "id int(11) !",
        "u uuid !",
        "j longtext",
        "v varchar(5)",
        "p int(11)",
        "start timestamp(6) !",
        "end timestamp(6) !",
    ]


def test_a_semicolon_left_out_does_not_lose_a_table() -> None:
    schema = parse_ddl(
        "CREATE TABLE a (`x` int) ENGINE=InnoDB\n\nCREATE TABLE b (`y` int) ENGINE=InnoDB\n"
    )
    assert [item.name for item in schema.tables] == ["a", "b"]


def test_routines_without_delimiter_end_at_their_end() -> None:
    schema = read(
        """
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW
BEGIN
  DECLARE x INT;
  CASE NEW.k WHEN 1 THEN SET x = 1; ELSE SET x = 2; END CASE;
  WHILE x < 3 DO SET x = x + CASE WHEN x = 1 THEN 1 ELSE 2 END; END WHILE;
  IF x THEN SET NEW.k = x; END IF;
END;
CREATE TABLE a (k int);
""",
        Dialect.MYSQL,
    )
    assert columns(schema, "a") == ["k int"]
    assert schema.ignored == {"CREATE TRIGGER": 1}


def test_references_are_dropped_by_the_names_that_the_server_gives_them() -> None:
    schema = read(
        """CREATE TABLE kind (id INT PRIMARY KEY) ENGINE=InnoDB;
CREATE TABLE item (id INT, kind_id INT, other_id INT,
  FOREIGN KEY (kind_id) REFERENCES kind (id),
  FOREIGN KEY (other_id) REFERENCES kind (id)) ENGINE=InnoDB;
ALTER TABLE item DROP FOREIGN KEY item_ibfk_1;"""
    )
    assert keys(schema, "item") == ["fk(other_id) kind(id)"]
