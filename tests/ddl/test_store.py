"""The schema of a kept DDL file: parsed once, read from beside the file from then on."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.world import EXAMPLES
from tunesmith.bot.ddl import parse_file
from tunesmith.bot.ddl.store import load_schema, store_schema
from tunesmith.bot.errors import SchemaError

STORED = "0abc.schema.json"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A DDL file as the bot keeps it."""
    return shutil.copyfile(EXAMPLES / "market.sql", tmp_path / "0abc")


def test_what_is_stored_is_what_the_parser_says_and_is_all_that_is_read_later(kept: Path) -> None:
    parsed = parse_file(kept)
    assert store_schema(kept) == parsed
    assert sorted(file.name for file in kept.parent.iterdir()) == ["0abc", STORED]
    kept.write_text("")
    assert load_schema(kept) == parsed
    kept.unlink()
    with pytest.raises(SchemaError, match="was deleted"):
        load_schema(kept)


def test_a_file_without_a_stored_schema_is_parsed_and_its_schema_stored(kept: Path) -> None:
    assert load_schema(kept) == parse_file(kept)
    assert kept.with_name(STORED).exists()


@pytest.mark.parametrize("change", ["older version", "cut off"])
def test_a_stored_schema_that_no_longer_fits_is_written_anew(kept: Path, change: str) -> None:
    parsed = store_schema(kept)
    stored = kept.with_name(STORED)
    content = stored.read_bytes()
    if change == "cut off":
        stored.write_bytes(content[:-100])
    else:
        old = json.loads(content)
        del old["tables"][0]["name"]
        stored.write_text(json.dumps(old))
    assert load_schema(kept) == parsed
    assert stored.read_bytes() == content


def test_a_file_without_ddl_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "0abc"
    file.write_text("dear all,")
    with pytest.raises(SchemaError):
        store_schema(file)
    assert list(tmp_path.iterdir()) == [file]
