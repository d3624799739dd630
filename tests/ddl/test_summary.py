"""The summary, the picture and the command, on the example of the documentation."""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from tests.ddl.shapes import dump, read
from tunesmith.bot.cli.schema import schema as schema_command
from tunesmith.bot.ddl import (
    Column,
    Dialect,
    ForeignKey,
    Schema,
    Table,
    Unparsed,
    parse_ddl,
    parse_file,
    summarise,
)
from tunesmith.bot.ddl.picture import er_picture
from tunesmith.bot.ddl.picture.layout import grid
from tunesmith.bot.drawing import lettering
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import text_for

MARKET = Path(__file__).parents[2] / "docs" / "examples" / "market.sql"


def test_the_examples_summary() -> None:
    summary = summarise(parse_file(MARKET))
    assert (summary.dialect, summary.confidence, summary.encoding) == (Dialect.MYSQL, 1.0, "utf-8")
    assert (len(summary.tables), summary.columns, summary.primary_keys) == (11, 137, 11)
    assert (summary.described_tables, summary.described_columns) == (11, 137)
    assert len(summary.declared) == 15
    assert [one.table for one in summary.inferred] == ["sc_org"]
    first = summary.code_lists[0]
    assert (first.table, first.column) == ("sc_org", "org_type")
    assert first.codes == [
        ("1", "租户"),
        ("2", "大区"),
        ("3", "场所"),
        ("4", "楼层"),
        ("5", "区域"),
    ]
    assert summary.unparsed == []


def test_views_partitions_and_absent_tables_are_counted_apart() -> None:
    summary = summarise(
        read(
            """
CREATE TABLE p (id int NOT NULL, x_id int REFERENCES gone (id)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE VIEW v AS SELECT id FROM p;
""",
            Dialect.POSTGRES,
        )
    )
    assert [line.name for line in summary.tables] == ["p"]
    assert [line.name for line in summary.views] == ["v"]
    assert summary.partitions == 1
    assert summary.columns == 2
    assert summary.absent == ["gone"]


def test_the_picture_shows_every_table_of_a_small_schema() -> None:
    picture = er_picture(parse_file(MARKET), str)
    assert len(picture.shown) == 11
    assert picture.left_out == 0
    width, height = Image.open(BytesIO(picture.png)).size
    assert 800 < width <= 4000
    assert 600 < height <= 4000


def test_of_many_tables_the_most_connected_are_drawn() -> None:
    ddl = "CREATE TABLE hub (id int PRIMARY KEY, `$a$` int);\n" + "".join(
        f"CREATE TABLE t{i} (id int PRIMARY KEY{', hub_id int' if i % 2 else ''});\n"
        for i in range(50)
    )
    picture = er_picture(parse_ddl(ddl, dialect=Dialect.MYSQL), str)
    assert len(picture.shown) == 30
    assert picture.left_out == 21
    assert {"hub", *(f"t{i}" for i in range(1, 50, 2))} <= set(picture.shown)


def test_without_a_font_for_them_labels_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with_labels = parse_file(MARKET)
    without = with_labels.model_copy(deep=True)
    for table in without.tables:
        table.comment = None
    monkeypatch.setattr(lettering, "_FILES", ())
    monkeypatch.setattr(lettering, "_OWN_FILES", [("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")])
    lettering.forget()
    try:
        assert not lettering.can_draw("组织结构表")
        assert er_picture(with_labels, str).png == er_picture(without, str).png
    finally:
        monkeypatch.undo()
        lettering.forget()


def test_an_empty_schema_has_a_picture_too() -> None:
    assert er_picture(parse_ddl("CREATE TABLE a ();", dialect=Dialect.POSTGRES), str).png
    assert er_picture(parse_ddl("COMMENT ON TABLE a IS 'x';"), str).shown == []


def test_no_two_boxes_stand_in_one_cell_and_relatives_stand_close() -> None:
    names = [f"t{i}" for i in range(23)]
    links = [("t0", name) for name in names[1:5]] + [("t1", "t0"), ("t9", "t9")]
    cells = grid(names, links)
    assert len(set(cells.values())) == 23
    hub = cells["t0"]
    assert all(
        abs(cells[name][0] - hub[0]) + abs(cells[name][1] - hub[1]) <= 2 for name in names[1:5]
    )


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    """The schema command's exit code, output and error."""
    app = typer.Typer()
    app.command()(schema_command)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output, result.exception


def test_the_commands_json_has_the_documented_shape(tmp_path: Path) -> None:
    file = tmp_path / "dump.sql"
    file.write_text(dump("pg_dump"), "utf-8")
    code, output, _ = run(str(file), "--json")
    document: dict[str, Any] = json.loads(output)
    assert code == 0
    assert set(document) == {
        "dialect", "confidence", "encoding", "tables", "views", "types", "ignored", "unparsed",
    }  # fmt: skip
    assert document["dialect"] == "postgres"
    person = document["tables"][0]
    assert person["name"] == "app.person"
    assert {"name", "comment", "columns", "primary_key", "foreign_keys"} <= set(person)
    assert {"name", "type", "nullable", "default", "comment"} <= set(person["columns"][0])
    assert person["foreign_keys"] == [
        {"columns": ["boss_id"], "table": "app.person", "references": ["id"]}
    ]
    assert [view["name"] for view in document["views"]] == ["app.people", "app.totals"]
    assert document["unparsed"] == []


def test_the_commands_text_names_what_was_not_understood(tmp_path: Path) -> None:
    file = tmp_path / "dump.sql"
    file.write_text("CREATE TABLE a (`b` int);\nFROB x;\n", "utf-8")
    code, output, _ = run(str(file))
    assert code == 0
    assert "1 table, 1 column" in output
    assert "line 2: a statement that was not understood: FROB x" in output


def test_the_dialect_can_be_given(tmp_path: Path) -> None:
    file = tmp_path / "dump.sql"
    file.write_text("CREATE TABLE a (b int);", "utf-8")
    _, output, _ = run(str(file), "--dialect", "oracle", "--json")
    document: dict[str, Any] = json.loads(output)
    assert (document["dialect"], document["confidence"]) == ("oracle", 1.0)


def test_what_cannot_be_read_is_an_error_for_people(tmp_path: Path) -> None:
    file = tmp_path / "notes.sql"
    file.write_text("nothing of interest", "utf-8")
    assert isinstance(run(str(file))[2], SchemaError)
    _, _, error = run(str(tmp_path / "missing.sql"))
    assert isinstance(error, SchemaError)
    assert str(error) == "missing.sql cannot be read: No such file or directory."


def test_the_documentation_names_every_key_and_shows_the_real_output() -> None:
    text = (MARKET.parents[1] / "schema.md").read_text("utf-8")
    for model in (Schema, Table, Column, ForeignKey, Unparsed):
        for name in model.model_fields:
            assert f"`{name}`" in text, name
    for line in run(str(MARKET))[1].splitlines()[:2]:
        assert line in text


def test_reading_ddl_does_not_load_the_drawing_library() -> None:
    code = "import sys, tunesmith.bot.ddl.parse; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class _Counted(str):
    """Text that counts the letters that are taken from it one by one."""

    taken = 0

    def __iter__(self) -> Iterator[str]:
        for letter in str.__iter__(self):
            self.taken += 1
            yield letter


def test_a_long_name_is_shortened_by_looking_at_the_letters_that_fit() -> None:
    name = _Counted("订单" * 30_000)
    assert lettering.shorten(name, 30) == "订单" * 7 + "…"
    assert name.taken <= 16


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("orders", 6, "orders"), ("orders", 5, "orde…"), ("订单", 4, "订单"), ("订单", 3, "订…")],
)
def test_a_name_is_cut_only_where_it_does_not_fit(text: str, columns: int, shown: str) -> None:
    assert lettering.shorten(text, columns) == shown


def test_a_schema_is_the_same_after_json_with_why_a_piece_was_not_understood() -> None:
    schema = parse_ddl("CREATE TABLE a (id int, id int);\nCOMMENT ON TABLE b IS 'x';")
    assert len(schema.unparsed) == 2
    assert Schema.model_validate_json(schema.model_dump_json()) == schema
    said = [text_for("ko")(piece.reason) for piece in schema.unparsed]
    assert said[1] == "파일에 없는 b에 대한 코멘트입니다"


def test_a_stored_reason_that_is_plain_text_is_still_said() -> None:
    piece = Unparsed.model_validate_json('{"line": 3, "text": "x", "reason": "a y"}')
    assert text_for("zh")(piece.reason) == "a y"
