"""The fixed file: fixed where there is one right fix, and nothing else touched."""

import io
from collections.abc import Collection
from pathlib import Path

import orjson
import pytest

from tests.datasets.defects import DEFECTS
from tests.datasets.files import (
    Line,
    answer,
    chat,
    chats,
    look,
    message,
    pair,
    pairs,
    question,
    to_bytes,
    write,
)
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.fix import FixResult, fix, fix_sync
from tunesmith.bot.datasets.rules import FIXABLE, FIXED_BY_DEFAULT
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue


def fix_file(
    path: Path, *, provider: str | None = None, codes: Collection[str] | None = None
) -> tuple[FixResult, bytes]:
    """Fix a file; gives the content of the fixed one too."""
    out = path.with_name("fixed.jsonl")
    selection = Selection(load_catalogue(), provider)
    done = fix_sync(path, name=path.name, selection=selection, out=out, codes=codes, force=True)
    return done, out.read_bytes()


@pytest.mark.parametrize("code", sorted(FIXABLE & DEFECTS.keys()))
def test_what_is_fixed_is_found_no_more_in_the_fixed_file(code: str, tmp_path: Path) -> None:
    defect = DEFECTS[code]
    path = write(tmp_path / defect.name, defect.bad)
    done, _ = fix_file(path, codes={code})
    assert done.counts[code] >= 1
    assert code in look(path).counts
    assert code not in look(tmp_path / "fixed.jsonl").counts
    assert path.read_bytes() == defect.bad


def test_a_good_file_stays_as_it_is_to_the_byte(tmp_path: Path) -> None:
    content = to_bytes(chats()).replace(b'":"', b'" : "').removesuffix(b"\n")
    done, after = fix_file(write(tmp_path / "train.jsonl", content))
    assert (done.counts, done.changes, done.changed) == ({}, [], 0)
    assert after == content


def test_what_has_no_sure_fix_is_left(tmp_path: Path) -> None:
    broken = b'{"messages": [{"role": "user", "content": "q"}'
    path = write(tmp_path / "train.jsonl", [*chats(2), broken, {"messages": []}])
    done, after = fix_file(path)
    assert done.counts == {}
    assert broken in after


def test_half_a_pair_keeps_its_other_keys(tmp_path: Path) -> None:
    rows: list[Line] = [{"prompt": question(n), "text": answer(n), "model": "a"} for n in range(12)]
    path = write(tmp_path / "train.jsonl", rows)
    _, after = fix_file(path, codes={"pair_unrecognized_key"})
    assert after == to_bytes(rows)


@pytest.mark.parametrize("key", ["images", "videos", "audios"])
def test_media_beside_messages_are_not_dropped(key: str, tmp_path: Path) -> None:
    rows: list[Line] = [chat(n, **{key: ["1.dat"]}, source="forum") for n in range(12)]
    path = write(tmp_path / "train.jsonl", rows)
    done, after = fix_file(path)
    assert done.counts == {"example_unrecognized_key": 12}
    assert after == to_bytes(chat(n, **{key: ["1.dat"]}) for n in range(12))


def test_a_row_of_no_known_format_is_left(tmp_path: Path) -> None:
    stray = b'{"body": "a\\u0000", "topic": null}'
    _, after = fix_file(write(tmp_path / "train.jsonl", [*chats(2), stray]))
    assert after.splitlines()[2] == stray


def test_a_pair_among_rows_of_another_format_keeps_its_keys(tmp_path: Path) -> None:
    pairs_with_labels = [{**pair("q", "a"), "label": True}, {**pair("r", "b"), "label": None}]
    path = write(tmp_path / "train.jsonl", pairs_with_labels)
    done, after = fix_file(path, provider="openai")
    assert done.counts == {}
    assert after == path.read_bytes()


def test_a_file_of_no_known_format_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", b'{"body": "a"}\n \n')
    out = tmp_path / "out.jsonl"
    with pytest.raises(DatasetError, match="format of the file is unknown"):
        fix_sync(path, name="a.jsonl", selection=Selection(load_catalogue()), out=out)
    assert not out.exists()


def test_duplicates_are_left_out_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [*chats(3), *chats(3), *chats(3, 200)])
    done, after = fix_file(path)
    assert done.counts == {}
    assert after == path.read_bytes()
    done, after = fix_file(path, codes=FIXED_BY_DEFAULT | {"exact_duplicate"})
    assert done.counts == {"exact_duplicate": 3}
    assert done.changed == 3
    assert after == to_bytes([*chats(3), *chats(3, 200)])


def test_rows_that_differ_in_anything_are_no_duplicates(tmp_path: Path) -> None:
    rows = [
        b'{"messages": [], "id": 12345678901234567890123}',
        b'{"messages": [], "id": 12345678901234567890124}',
        b'{"messages": [], "id": 1.5}',
        b'{"messages": [], "id": "1.5"}',
        b'{"id": 1.5, "messages": []}',
    ]
    done, after = fix_file(write(tmp_path / "a.jsonl", rows), codes={"exact_duplicate"})
    assert done.counts == {"exact_duplicate": 1}
    assert after.splitlines() == rows[:4]


_ROW = (
    b'  {"metadata" : {"id": 123456789012345678901234567890, "share": 1.10, "far": 1e400}, '
    b'"messages": [{"role": "User", "content": "def f():\\n\\treturn \\u00e9"}, '
    b'{"role": "assistant", "content": "\\ud55c"}]} \r'
)


def test_a_fix_changes_what_it_is_for_and_not_a_byte_beside(tmp_path: Path) -> None:
    done, after = fix_file(
        write(tmp_path / "a.jsonl", [*chats(2), _ROW]), codes={"unrecognized_role"}
    )
    assert done.counts == {"unrecognized_role": 1}
    expected = _ROW.replace(b'"User"', b'"user"').replace(b'" : ', b'": ')
    assert after.splitlines(keepends=True)[2] == expected + b"\n"


def test_arguments_that_become_a_string_keep_their_digits(tmp_path: Path) -> None:
    line = (
        b'{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"a",'
        b'"type":"function","function":{"name":"f","arguments":{"n":98765432109876543210,'
        b'"x":1.50}}}]}]}'
    )
    _, after = fix_file(write(tmp_path / "a.jsonl", [line]), codes={"arguments_not_json_object"})
    call = orjson.loads(after)["messages"][1]["tool_calls"][0]
    assert call["function"]["arguments"] == '{"n":98765432109876543210,"x":1.50}'


def test_a_row_with_a_repeated_key_is_left_until_that_is_to_be_fixed(tmp_path: Path) -> None:
    row = b'{"messages": [{"role": "User", "content": "a", "content": "b"}]}'
    path = write(tmp_path / "a.jsonl", [*chats(2), row])
    done, after = fix_file(path)
    assert done.counts == {}
    assert row in after
    diff = io.StringIO()
    done = fix_sync(
        path,
        name="a.jsonl",
        selection=Selection(load_catalogue()),
        out=None,
        codes={"duplicate_key", "unrecognized_role"},
        diff=diff,
    )
    assert done.counts == {"duplicate_key": 1, "unrecognized_role": 1}
    assert diff.getvalue().splitlines()[2:] == [
        "@@ -3 +3 @@",
        f"-{row.decode()}",
        '+{"messages": [{"role": "user", "content": "b"}]}',
    ]


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("caf\u00c3\u00a9", "café"),
        (
            "    caf\u00c3\u00a9:\n\t  \u00c3\u00bc \u00a0".replace("\u00a0", ""),
            "    café:\n\t  ü ",
        ),
        ("한국어".encode().decode("latin-1"), "한국어"),
        ("één".encode().decode("cp1252").encode().decode("cp1252"), "één"),
        ("café and caf\u00c3\u00a9", "café and caf\u00c3\u00a9"),
        ("20 °C — naïve", "20 °C — naïve"),
    ],
)
def test_garbled_letters_are_restored_only_where_all_of_a_text_is(
    text: str, fixed: str, tmp_path: Path
) -> None:
    row = chat(0, message("user", "q"), message("assistant", text))
    _, after = fix_file(write(tmp_path / "a.jsonl", [row]))
    assert orjson.loads(after)["messages"][1]["content"] == fixed


def test_pairs_become_chat_examples_where_nobody_trains_pairs(tmp_path: Path) -> None:
    code = pair("Write it.\n\n###\n\n", "     def f():\n        return 1\n END")
    path = write(tmp_path / "train.jsonl", [*pairs(11), {**code, "id": 7}])
    done, after = fix_file(path, provider="openai", codes={"format_not_trained"})
    assert done.counts == {"format_not_trained": 12}
    assert orjson.loads(after.splitlines()[-1]) == {
        "messages": [
            {"role": "user", "content": "Write it."},
            {"role": "assistant", "content": "    def f():\n        return 1\n"},
        ],
        "id": 7,
    }
    assert look(tmp_path / "fixed.jsonl").valid


def test_changes_are_shown_with_their_lines_short_and_masked(tmp_path: Path) -> None:
    secret = "sk-proj-" + "aB3dE6gH9jK2" * 4
    bad = chat(0, message("User", f"my key is {secret}"), message("assistant", "ok"))
    path = write(tmp_path / "train.jsonl", [*chats(), bad, b""])
    done, _ = fix_file(path)
    assert [change.line for change in done.changes] == [13, 14]
    assert done.changes[0].codes == ["unrecognized_role"]
    assert done.changes[1].after is None
    assert '"User"' in done.diff()
    assert '"user"' in done.diff()
    assert secret not in done.diff()
    assert max(len(line) for line in done.diff().splitlines()) <= 90


def test_the_diff_for_whoever_has_the_file_is_complete_and_as_it_is(tmp_path: Path) -> None:
    secret = "sk-proj-" + "aB3dE6gH9jK2" * 4
    bad = [
        orjson.dumps(chat(0, message("User", f"{secret} {number}"), message("assistant", "ok")))
        for number in range(30)
    ]
    path = write(tmp_path / "train.jsonl", [*chats(2), b"", *bad])
    diff = io.StringIO()
    selection = Selection(load_catalogue())
    done = fix_sync(path, name="a.jsonl", selection=selection, out=None, diff=diff)
    assert done.changed == 31
    lines = diff.getvalue().splitlines()
    assert lines[:4] == ["--- a.jsonl", "+++ a.fixed.jsonl", "@@ -3 +2,0 @@", "-"]
    assert lines[4:7] == [
        "@@ -4 +3 @@",
        f"-{bad[0].decode()}",
        f"+{bad[0].decode().replace('User', 'user')}",
    ]
    assert [line for line in lines[4:] if line[0] == "-"] == [f"-{row.decode()}" for row in bad]


def test_nothing_is_written_where_only_the_effect_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [*chats(2), b""])
    done = fix_sync(path, name="a.jsonl", selection=Selection(load_catalogue()), out=None)
    assert done.counts == {"blank_line": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_is_only_overwritten_by_force(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [*chats(2), b""])
    out = write(tmp_path / "out.jsonl", b"precious")
    selection = Selection(load_catalogue())
    with pytest.raises(DatasetError, match=r"There is a file out\.jsonl already"):
        fix_sync(path, name="a.jsonl", selection=selection, out=out)
    assert out.read_bytes() == b"precious"
    fix_sync(path, name="a.jsonl", selection=selection, out=out, force=True)
    assert out.read_bytes() == to_bytes(chats(2))
    assert sorted(tmp_path.iterdir()) == [path, out]


def test_a_file_that_cannot_be_fixed_leaves_nothing_behind(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'prompt,completion\n"a,b\n')
    with pytest.raises(DatasetError):
        fix_sync(
            path, name="a.csv", selection=Selection(load_catalogue()), out=tmp_path / "out.jsonl"
        )
    assert list(tmp_path.iterdir()) == [path]


def test_a_line_too_long_to_be_read_is_kept_as_it_is(tmp_path: Path) -> None:
    line = b'{"messages": "' + b"a" * (65 << 20) + b'"}'
    path = write(tmp_path / "train.jsonl", [*chats(2), line, *chats(1, 300)])
    _, after = fix_file(path)
    assert line in after


async def test_what_cannot_be_read_is_refused(tmp_path: Path, processes: Processes) -> None:
    path = write(tmp_path / "train.jsonl", b"<!DOCTYPE html><html>")
    out = tmp_path / "out.jsonl"
    with pytest.raises(DatasetError, match="web page"):
        await fix(processes, path, name="a", selection=Selection(load_catalogue()), out=out)
