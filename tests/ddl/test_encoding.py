"""Bytes to text: the encodings that dumps come in."""

import codecs

import pytest

from tests.ddl.shapes import comments, why
from tunesmith.bot.ddl import Schema, parse_ddl

KOREAN = "CREATE TABLE `t` (`a` int COMMENT '회원 상태 코드') ENGINE=InnoDB COMMENT='회원 정보';"
CHINESE = (
    "CREATE TABLE `t` (`a` int COMMENT '订单状态：已付款') ENGINE=InnoDB COMMENT='订单明细表';"
)
WESTERN = "CREATE TABLE `t` (`a` int COMMENT 'Größe') ENGINE=InnoDB COMMENT='prénom';"


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8"),
        (KOREAN, "utf-16", "utf-16-le"),
        (KOREAN, "utf-16-le", "utf-16-le"),
        (KOREAN, "utf-16-be", "utf-16-be"),
        (KOREAN, "euc-kr", "cp949"),
        (KOREAN.replace("회원", "똠방"), "cp949", "cp949"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "utf-16", "utf-16-le"),
        (WESTERN, "latin-1", "latin-1"),
    ],
)
def test_comments_survive_each_encoding(text: str, encoding: str, named: str) -> None:
    schema = parse_ddl(text.encode(encoding))
    assert schema.encoding == named
    assert comments(schema, "t") == comments(parse_ddl(text), "t")


def test_utf_16_with_the_other_byte_order_mark() -> None:
    schema = parse_ddl(codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"))
    assert (schema.encoding, comments(schema, "t")[""]) == ("utf-16-be", "订单明细表")


def test_a_few_broken_bytes_do_not_make_utf_8_another_encoding() -> None:
    data = (CHINESE + "\n-- " + "说明" * 30).encode()
    schema = parse_ddl(data[:-1])
    assert schema.encoding == "utf-8"
    assert comments(schema, "t")[""] == "订单明细表"
    assert [item.line for item in schema.unparsed] == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_letters_behind_a_long_stretch_of_ascii_are_read(encoding: str) -> None:
    ddl = "-- nothing but English\n" * 20_000 + KOREAN
    schema = parse_ddl(ddl.encode(encoding))
    assert (schema.encoding, comments(schema, "t")[""]) == (encoding, "회원 정보")


def test_a_guess_at_the_encoding_is_told() -> None:
    schema: Schema = parse_ddl(WESTERN.encode("latin-1"))
    assert [why(item) for item in schema.unparsed] == [
        "not all bytes are letters of latin-1, as which they were read"
    ]


def test_all_line_ends_and_zero_bytes_are_read() -> None:
    for end in ("\n", "\r\n", "\r"):
        schema = parse_ddl(
            f"create table a (x nvarchar(1)){end}go{end}create table b (y int){end}go"
        )
        assert [table.name for table in schema.tables] == ["a", "b"]
    assert parse_ddl(b"CREATE TABLE a (x int)\0\0").tables[0].name == "a"
