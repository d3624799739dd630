"""Files that are meant to hurt, or were made by accident: an answer in bounded time and memory."""

import gzip
import os
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

from tests.datasets.files import chats, look, of_code, said, to_bytes, write
from tunesmith.bot.datasets import Report, scan
from tunesmith.bot.datasets.checks.text import personal_data, secret
from tunesmith.bot.datasets.text_buffer import TextBuffer
from tunesmith.bot.errors import DatasetError

_GOOD = to_bytes(chats())


@pytest.fixture(autouse=True)
def _within_bounds() -> Iterable[None]:
    """Each test here within 60 s of this process's time and 600 MB more than it had."""
    process = psutil.Process()
    started, before = time.process_time(), process.memory_info().rss
    yield
    assert time.process_time() - started < 60
    assert process.memory_info().rss - before < 600 << 20


def sparse(path: Path, size: int, head: bytes = b"", tail: bytes = b"") -> Path:
    """A file with a hole of NUL bytes."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
        file.seek(0, os.SEEK_END)
        file.write(tail)
    return path


def test_a_line_of_ten_megabytes_is_counted(tmp_path: Path) -> None:
    text = b"a" * 10_000_000
    line = (
        b'{"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"b"}]}\n' % text
    )
    report = look(write(tmp_path / "a.jsonl", _GOOD + line))
    assert report.tokens.per_example.max == 10_000_000 // 8 + 12
    assert of_code(report, "examples_truncated")


@pytest.mark.parametrize(
    "piece",
    [
        "gl",
        "AKIA",
        "sk-",
        "sk-ant-",
        "eyJ",
        "-eyJaaaaaaaa",
        "1234567890 ",
        "a@b.co://x:y",
        "Ã©",
        "    ",
    ],
)
def test_a_long_line_of_what_the_searches_look_for_takes_no_longer(
    piece: str, tmp_path: Path
) -> None:
    text = (piece * (1_000_000 // len(piece))).encode()
    line = b'{"messages":[{"role":"user","content":"x %s"},{"role":"assistant","content":"b"}]}\n'
    assert look(write(tmp_path / "a.jsonl", _GOOD + line % text)).examples == 13


@pytest.mark.parametrize("piece", ["gl", "AKIA", "a@b.co "])
def test_places_worth_a_look_are_not_kept(piece: str) -> None:
    buffer = TextBuffer([piece * (400_000 // len(piece))])
    tracemalloc.start()
    for search in (secret, personal_data):
        for _ in search.find(buffer):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 << 20


@pytest.mark.parametrize("depth", [900, 1_000, 1_024, 100_000])
def test_deep_nesting_is_a_finding(depth: int, tmp_path: Path) -> None:
    lines = [
        b'{"messages":' + opening * depth + b"1" + closing * depth + b"}"
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}"))
    ]
    report = look(write(tmp_path / "a.jsonl", [*chats(), *lines]))
    assert not report.valid
    assert {finding.line for finding in report.findings if finding.line} == {13, 14}


def test_hundreds_of_megabytes_of_zeros_are_a_finding(tmp_path: Path) -> None:
    path = sparse(tmp_path / "a.jsonl", 304 << 20, _GOOD, b"\n" + _GOOD)
    report = look(path)
    assert [finding.line for finding in of_code(report, "nul_byte")] == [13]
    assert report.counts["exact_duplicate"] == 12


def test_a_line_of_hundreds_of_megabytes_of_spaces_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    spaces = b" " * (8 << 20)
    with path.open("wb") as file:
        file.write(_GOOD)
        for _ in range(32):
            file.write(spaces)
        file.write(b"\n" + _GOOD)
    report = look(path)
    path.unlink()
    assert [finding.line for finding in of_code(report, "blank_line")] == [13]


def test_a_file_of_nothing_but_line_feeds_is_soon_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MAX_ERRORS", 100_000)
    report = look(write(tmp_path / "a.jsonl", b"\n" * 101_000))
    assert "too_many_errors" in report.counts


def test_a_line_with_hundreds_of_thousands_of_keys_is_a_few_findings(tmp_path: Path) -> None:
    keys = ",".join(f'"k{number}":{number}' for number in range(100_000))
    line = f'{{"messages":[{{"role":"user",{keys}}}],{keys}}}'.encode()
    report = look(write(tmp_path / "a.jsonl", [*chats(), line]))
    assert "and 99,997 more" in said(of_code(report, "message_unrecognized_key")[0])
    assert len(report.findings) < 20


def test_a_line_with_hundreds_of_thousands_of_bad_messages_is_counted_and_listed_in_part(
    tmp_path: Path,
) -> None:
    line = b'{"messages":[' + b"1," * 299_999 + b"1]}"
    report = look(write(tmp_path / "a.jsonl", [*chats(), line]))
    assert report.counts["message_data_type"] == 300_000
    assert len(of_code(report, "message_data_type")) == 20


def test_a_file_of_one_line_again_and_again_is_that_many_duplicates(tmp_path: Path) -> None:
    line = b'{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}\n'
    report = look(write(tmp_path / "a.jsonl", line * 50_000))
    assert report.counts["exact_duplicate"] == 49_999


def test_numbers_that_python_does_not_read_are_a_finding(tmp_path: Path) -> None:
    line = b'{"messages":' + b"9" * 10_000 + b"}"
    report = look(write(tmp_path / "a.jsonl", [*chats(), line, b'{"a": 1e999}']))
    assert not report.valid


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (gzip.compress(_GOOD)[:-20], "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_what_is_no_training_file_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=words):
        look(write(tmp_path / "a.jsonl", content))


def test_a_zip_archive_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.jsonl", "w") as archive:
        archive.writestr("train.jsonl", _GOOD)
    with pytest.raises(DatasetError, match="ZIP"):
        look(tmp_path / "a.jsonl")


def test_an_excel_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as file,
    ):
        for _ in range(600):
            file.write(bytes(1 << 20))
    with pytest.raises(DatasetError, match="unpacks to more than"):
        look(tmp_path / "a.xlsx")


def test_random_bytes_are_findings_and_no_crash(tmp_path: Path) -> None:
    content = b"".join(os.urandom(200) + b"\n" for _ in range(500))
    report = look(write(tmp_path / "a.jsonl", b"x" + content))
    assert not report.valid
    assert report.examples == 0


def test_a_secret_is_masked_in_everything_that_is_said(tmp_path: Path) -> None:
    secret = "sk-proj-" + "aB3dE6gH9jK2" * 4
    email, card = "min.kim@corp.co.kr", "4539 1488 0343 6467"
    said = f"{secret} {email} {card}"
    lines: list[bytes] = [
        b'{"messages":[{"role":"%s","content":"a"}]}' % said.encode(),
        b'{"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"%s"}]}'
        % (said.encode(), said.encode()),
        b'{"messages": [ %s' % said.encode(),
        b'"%s"' % said.encode(),
        b'{"%s": 1}' % said.encode(),
        b'{"messages":[{"role":"user","content":"q","%s":"x"}]}' % said.encode(),
    ]
    report = look(write(tmp_path / "a.jsonl", [*chats(), *lines]))
    shown = "".join(finding.model_dump_json() for finding in report.findings)
    assert report.counts["secret"] == 3
    assert report.counts["personal_data"] == 6
    for private in (secret, secret[10:30], email, card, "min.kim"):
        assert private not in shown


def test_the_report_stays_small(tmp_path: Path) -> None:
    report: Report = look(write(tmp_path / "a.jsonl", b'{"messages":[{"role":1}]}\n' * 20_000))
    assert len(report.model_dump_json()) < 200_000
    assert sys.getsizeof(report.findings) < 10_000
