"""An example is its whole JSON: all of it is read, and nothing else makes two the same."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.datasets.generated import EXAMPLES, FEW, PLAIN, shuffled
from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.example import identify, read_plain, to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import keys_in_text, read_line
from tunesmith.bot.datasets.normal_text import normal_hashes


def _leaves(value: Any) -> list[str]:
    """Every string of a value but the names of roles, the slow and obvious way."""
    match value:
        case str():
            return [value]
        case [*items]:
            return [leaf for item in items for leaf in _leaves(item)]
        case {"role": "system" | "user" | "assistant" | "tool", **rest}:
            return _leaves(rest)
        case {**entries}:
            return [leaf for item in entries.values() for leaf in _leaves(item)]
        case _:
            return []


def _identity(line: bytes) -> int:
    return identify(read_line(line))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


@FEW
@given(example=EXAMPLES)
def test_every_string_of_an_example_is_read_once_with_its_path(example: dict[str, Any]) -> None:
    kind = formats.recognise(example) or Format.CHAT
    found = formats.texts(example, kind)
    assert sorted(text.text for text in found) == sorted(_leaves(example))
    assert all(_at(example, text.path) == text.text for text in found)
    assert len({text.path for text in found}) == len(found)
    batch = ExampleBatch([to_example(example, kind, 0)])
    assert sorted(batch.texts) == sorted(text.text for text in found)
    for index, text in enumerate(batch.texts):
        assert _at(example, batch.text_field(index).path) == text


@FEW
@given(one=EXAMPLES, other=EXAMPLES)
def test_two_lines_have_one_identity_only_where_their_json_is_equal(one: Any, other: Any) -> None:
    assert _identity(orjson.dumps(one)) == _identity(json.dumps(shuffled(one), indent=1).encode())
    same = orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        other, option=orjson.OPT_SORT_KEYS
    )
    assert (_identity(orjson.dumps(one)) == _identity(orjson.dumps(other))) == same


@FEW
@given(examples=some.lists(some.one_of(PLAIN, PLAIN, EXAMPLES), min_size=1, max_size=6))
def test_the_quick_way_to_read_a_plain_example_gives_what_the_slow_way_gives(
    examples: list[dict[str, Any]],
) -> None:
    lines = [orjson.dumps(example) for example in examples]
    keys = keys_in_text(b"\n".join(lines), lines)
    quick = [read_plain(line, count) for line, count in zip(lines, keys, strict=True)]
    read = [
        (plain, to_example(example, Format.CHAT, _identity(line)))
        for plain, example, line in zip(quick, examples, lines, strict=True)
        if plain is not None
    ]
    one = ExampleBatch([plain for plain, _ in read])
    other = ExampleBatch([slow for _, slow in read])
    assert (one.texts, one.counted, one.declared) == (other.texts, other.counted, other.declared)
    assert one.identities.tolist() == other.identities.tolist()
    assert one.frame_tokens.tolist() == other.frame_tokens.tolist()
    assert one.is_answer.tolist() == other.is_answer.tolist()
    assert [one.text_field(index) for index in range(len(one.texts))] == [
        other.text_field(index) for index in range(len(other.texts))
    ]
    for column, like in zip(one.turns, other.turns, strict=True):
        assert column.tolist() == like.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is SQL?", "what is  sql"),
        ("Où est-il?", "OÙ EST-IL"),
        ("你好，世界！", "你好世界"),
        ("ＡＢＣ？", "abc?"),
        ("서울의 날씨는?", "서울의 날씨는"),
        ("Say “hi”…", 'say "hi"'),
        ("a\u3000b", "a b"),
    ],
)
def test_case_spaces_and_punctuation_do_not_make_a_question_another_one(
    one: str, other: str
) -> None:
    assert len(set(normal_hashes([one, other]).tolist())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 - 3?", "5 * 3?"),
        ("5-3", "53"),
        ("1.5", "15"),
        ("add 1, 2", "add 12"),
        ("3:30", "330"),
        ("?", "!"),
        ("a_b", "ab"),
        ("x != y", "x < y"),
        ("😀", "😡"),
        ("", "?"),
        ("\uffff", "\uffffa"),
    ],
)
def test_signs_that_change_what_is_asked_make_it_another_question(one: str, other: str) -> None:
    assert len(set(normal_hashes([one, "between", other]).tolist())) == 3


@FEW
@given(texts=some.lists(some.text(max_size=8), max_size=6))
def test_a_text_is_compared_alike_whatever_stands_beside_it(texts: list[str]) -> None:
    texts = [text for text in texts if text.isprintable()]
    alone = [int(normal_hashes([text])[0]) for text in texts]
    assert normal_hashes(texts).tolist() == alone
