"""What the bot says of files and faults, in Korean and Chinese."""

import ast
import inspect
import re
import string
from pathlib import Path

import pytest

import tunesmith
from tests.datasets.defects import DEFECTS
from tests.datasets.files import look, of_code, write
from tunesmith.bot.datasets import Finding
from tunesmith.bot.datasets.checks import personal, secrets
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.errors import DatasetError
from tunesmith.handlers.text.bot_words import reason_in, translator, words

TRANSLATED = ("ko", "zh")
_ENGLISH = re.compile(r"\b(is|are|an|not|no|the|more|from|expecting)\b")
ROOT = Path(tunesmith.__file__).parent
# What is raised with words for people; ConfigurationError speaks to who runs the bot.
ERRORS = {
    *(f"{kind}Error" for kind in ("User", "Dataset", "Schema", "Job", "Budget")),
    *("ProviderError", "ProviderBusyError", "Retry", "GiveUp"),
}
_OTHER_LETTERS = re.compile("[가-힣一-鿿]")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_code_has_its_words_with_the_same_placeholders(language: str) -> None:
    said = words(language)
    assert set(said.message) == set(said.hint) == set(RULES)
    for code, rule in RULES.items():
        assert _placeholders(said.message[code]) == _placeholders(rule.message), code
        assert _placeholders(said.hint[code]) == _placeholders(rule.hint), code


def test_korean_and_chinese_know_the_same_phrases_with_the_same_placeholders() -> None:
    korean, chinese = (words(language).phrases for language in TRANSLATED)
    assert {name: set(of) for name, of in korean.items()} == {
        name: set(of) for name, of in chinese.items()
    }
    assert set(words("ko").reasons) == set(words("zh").reasons)
    for language in TRANSLATED:
        for of in (words(language).reasons, *words(language).phrases.values()):
            for english, translation in of.items():
                assert _placeholders(translation) == _placeholders(english), english


@pytest.mark.parametrize("code", sorted(DEFECTS))
def test_a_real_finding_is_said_without_a_word_of_english_prose(code: str, tmp_path: Path) -> None:
    defect = DEFECTS[code]
    validation = None
    if defect.validation is not None:
        validation = write(tmp_path / "valid.jsonl", defect.validation[0])
    path = write(tmp_path / defect.name, defect.bad)
    for finding in of_code(look(path, validation=validation, **defect.ask), code):
        for language in TRANSLATED:
            said = translator(language)(finding)
            assert _OTHER_LETTERS.search(said.message), said.message
            assert _OTHER_LETTERS.search(said.hint), said.hint
            for text in (said.message, said.hint):
                prose = re.search(
                    r"\b(is|are|an|not|no|the|more|from|expecting)\b", _unquoted(text)
                )
                assert prose is None, text


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_kind_of_secret_and_personal_data_has_a_name(language: str) -> None:
    for code, module in (("secret", secrets), ("personal_data", personal)):
        source = inspect.getsource(module)
        kinds = re.findall(r'[(,]\s*"((?:an? |what )[^"]+)"[,)]', source)
        assert len(kinds) > 5
        for kind in kinds:
            said = translator(language)(_finding(code, what=kind))
            assert kind not in said.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b""),
        ("a.jsonl", b"PK\x03\x04" + bytes(60)),
        ("a.jsonl", b"\x1f\x8b" + bytes(60)),
        ("a.jsonl", b"\xfd7zXZ" + bytes(60)),
        ("a.jsonl", b"%PDF-1.7"),
        ("a.jsonl", b"\x89PNG" + bytes(60)),
        ("a.jsonl", b"SQLite format 3" + bytes(60)),
        ("a.jsonl", b"\xd0\xcf\x11\xe0" + bytes(60)),
        ("a.jsonl", b"<!doctype html>"),
        ("a.jsonl", b"\xff\xfe\x00\xd8"),
        ("a.json", b'{\n"messages": []\n}\n{\n"messages": ['),
        ("a.xlsx", b"no sheet"),
        ("a.parquet", b"PAR1 no"),
    ],
)
def test_the_reason_why_a_file_cannot_be_read_is_said(
    name: str, content: bytes, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError) as refused:
        look(write(tmp_path / name, content))
    for language in TRANSLATED:
        said = reason_in(language, str(refused.value))
        assert _OTHER_LETTERS.search(said), said
        assert not _ENGLISH.search(said), said
    assert reason_in("en", str(refused.value)) == str(refused.value)


def test_whatever_an_error_says_to_people_is_known_in_every_language() -> None:
    known = {_shape(ast.parse(f"f{reason!r}", mode="eval").body) for reason in words("ko").reasons}
    said = {
        (path.name, shape): ast.unparse(call)
        for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
        if path.parent.name != "commands"  # the command line speaks English
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args
        if call.func.id in ERRORS and (shape := _shape(call.args[0]))
    }
    assert len(said) > 40
    assert not {call for (_, shape), call in said.items() if shape not in known}


def _shape(written: ast.expr) -> str:
    """What an error says where it is raised, with {} for all that is filled in."""
    if isinstance(written, ast.JoinedStr):
        return "".join(_shape(part) or "{}" for part in written.values)
    return str(written.value) if isinstance(written, ast.Constant) else ""


def test_english_stays_as_it_is_and_so_does_a_code_that_nobody_knows_any_more() -> None:
    finding = _finding("secret", what="an API key")
    assert translator("en")(finding) == finding
    old = finding.model_copy(update={"code": "gone"})
    assert translator("ko")(old) == old


def test_what_a_file_says_stays_as_it_is_in_every_language() -> None:
    key = '"a list has no meaning here. {x}"'
    said = translator("zh")(_finding("example_unrecognized_key", keys=key))
    assert said.message == f"此处无意义的键：{key}。"


def test_phrases_are_said_within_phrases() -> None:
    formats = _finding("mixed_formats", formats="chat from line 1, preference from line 3")
    assert "chat（从第 1 行起），preference（从第 3 行起）" in translator("zh")(formats).message
    missing = _finding("missing_content", state="is a list, not a text")
    assert translator("ko")(missing).message == "content 값이 텍스트가 아니라 목록입니다."


def _finding(code: str, **values: str) -> Finding:
    rule = RULES[code]
    return Finding(
        code=code,
        severity=Severity.NOTE,
        line=1,
        path="",
        message=rule.message.format(**values),
        hint=rule.hint.format(**values),
    )


def _unquoted(text: str) -> str:
    """The text without what stands in quotes or braces: names and values of the file."""
    return re.sub(r"\{.*\}|\"[^\"]*\"|'[^']*'|“[^”]*”", "", text)
