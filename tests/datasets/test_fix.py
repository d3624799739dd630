"""The fixed file: fixed where there is one right fix, and nothing else touched."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.datasets.defects import DEFECTS, call, calling
from tests.datasets.files import chat, chats, look, message, pair, pairs, to_bytes, write
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.fix import FixResult, fix, fix_sync
from tunesmith.bot.datasets.rules import FIXABLE
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue

# In a good file of several lines these come and go with another fix.
_PAIR_STYLE = {"missing_separator", "missing_stop_sequence", "completion_without_leading_space"}


def fixed(path: Path, provider: str | None = None) -> tuple[FixResult, list[Any]]:
    """Fix a file; gives the examples of the fixed one too."""
    out = path.with_name("fixed.jsonl")
    selection = Selection(load_catalogue(), provider)
    done = fix_sync(path, name=path.name, selection=selection, out=out)
    return done, [orjson.loads(line) for line in out.read_bytes().splitlines()]


@pytest.mark.parametrize("code", sorted(FIXABLE))
def test_what_is_fixed_is_found_no_more_in_the_fixed_file(code: str, tmp_path: Path) -> None:
    defect = DEFECTS[code]
    content = defect.bad
    if code == "mojibake":
        text = "El niño comió piñas".encode().decode("latin-1")
        content = to_bytes([*chats(), chat(1, message("user", "q"), message("assistant", text))])
    if code == "arguments_not_json_object":
        content = to_bytes([*chats(), calling(call({"city": "Seoul"}))])
    path = write(tmp_path / defect.name, content)
    before = path.read_bytes()
    provider = "nebius" if code in _PAIR_STYLE or code.startswith("pair_") else None
    out = tmp_path / "fixed.jsonl"
    done = fix_sync(path, name=path.name, selection=Selection(load_catalogue(), provider), out=out)
    assert done.counts[code] >= 1
    assert code in look(path, provider=provider).counts
    assert code not in look(out, provider=provider).counts
    assert path.read_bytes() == before


def test_a_good_file_stays_as_it_is_to_the_byte(tmp_path: Path) -> None:
    content = to_bytes(chats()).replace(b'":"', b'" : "')
    path = write(tmp_path / "train.jsonl", content)
    done, _ = fixed(path)
    assert done.counts == {}
    assert done.changes == []
    assert (tmp_path / "fixed.jsonl").read_bytes() == content


def test_what_has_no_sure_fix_is_left(tmp_path: Path) -> None:
    broken = b'{"messages": [{"role": "user", "content": "q"}'
    path = write(tmp_path / "train.jsonl", [*chats(2), broken, {"messages": []}])
    done, _ = fixed_bytes(path)
    assert done.counts == {}
    assert broken in (tmp_path / "fixed.jsonl").read_bytes()


def fixed_bytes(path: Path) -> tuple[FixResult, bytes]:
    """As `fixed`, without reading the result as JSON."""
    out = path.with_name("fixed.jsonl")
    done = fix_sync(path, name=path.name, selection=Selection(load_catalogue()), out=out)
    return done, out.read_bytes()


def test_pairs_become_chat_examples_where_nobody_trains_pairs(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [*pairs(11), pair("Last? ->", " Yes.")])
    done, examples = fixed(path, "openai")
    assert done.counts["format_not_trained"] == 12
    asked, said = examples[0]["messages"]
    assert asked["role"] == "user"
    assert said["role"] == "assistant"
    assert "###" not in asked["content"]
    assert not said["content"].startswith(" ")
    assert not said["content"].endswith("END")
    assert look(tmp_path / "fixed.jsonl").valid


def test_duplicates_are_left_out_wherever_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [*chats(3), *chats(3), *chats(3, 200)])
    done, examples = fixed(path)
    assert done.counts == {"exact_duplicate": 3}
    assert examples == [*chats(3), *chats(3, 200)]


def test_changes_are_shown_with_their_lines_short_and_masked(tmp_path: Path) -> None:
    secret = "sk-proj-" + "aB3dE6gH9jK2" * 4
    bad = chat(0, message("User", f"my key is {secret}"), message("assistant", "ok"))
    path = write(tmp_path / "train.jsonl", [*chats(), bad, b""])
    done, _ = fixed(path)
    assert [change.line for change in done.changes] == [13, 14]
    assert done.changes[0].codes == ["unrecognized_role"]
    assert done.changes[1].after is None
    assert '"User"' in done.diff()
    assert '"user"' in done.diff()
    assert secret not in done.diff()
    assert max(len(line) for line in done.diff().splitlines()) <= 90


def test_a_line_too_long_to_be_read_is_kept_as_it_is(tmp_path: Path) -> None:
    line = b'{"messages": "' + b"a" * (65 << 20) + b'"}'
    path = write(tmp_path / "train.jsonl", [*chats(2), line, *chats(1, 300)])
    _, after = fixed_bytes(path)
    assert line in after


async def test_what_cannot_be_read_is_refused(tmp_path: Path, processes: Processes) -> None:
    path = write(tmp_path / "train.jsonl", b"<!DOCTYPE html><html>")
    out = tmp_path / "out.jsonl"
    with pytest.raises(DatasetError, match="web page"):
        await fix(processes, path, name="a", selection=Selection(load_catalogue()), out=out)
