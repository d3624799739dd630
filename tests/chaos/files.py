"""The files that people attach, each with what the bot has to say of it.

The examples are the same in all of them but for one, so that every model knows every answer.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

_ALPHABET = """amber birch cedar delta ember fjord grove heron inlet jetty kayak ledge maple
    north olive pearl quill ridge stone thyme umber vivid wharf xenon yucca zebra"""
_WORDS = _ALPHABET.split()
_PLACES = "zero one two three four five six seven eight nine ten eleven"
_NUMBERS = _PLACES.split()


@dataclass(frozen=True)
class Attached:
    """A file, and what must come of attaching it.

    `buttons` are those of the report, with `!` behind one that asks for confirmation. `picture`
    says that it has a histogram, `by_shortcut` that the check has to be asked for.
    """

    name: str
    content: bytes
    buttons: tuple[str, ...] = ()
    picture: bool = False
    by_shortcut: bool = False


def question(number: int) -> str:
    """A question that every model can answer; there are as many as `_NUMBERS`."""
    return f"Which words begin at place {_NUMBERS[number % len(_NUMBERS)]}?"


def answer(number: int) -> str:
    """The answer: long enough to be streamed in pieces, and no word in it comes twice."""
    place = number % len(_NUMBERS)
    return " ".join([*_WORDS[place:], *_WORDS[:place]]) + "."


def _example(asked: str, answered: str) -> str:
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return json.dumps({"messages": messages})


def _lines(mark: str, examples: int = 12) -> list[str]:
    lines = [_example(question(n), answer(n)) for n in range(len(_NUMBERS))]
    for n in range(examples - len(lines)):
        lines.append(_example(f"What is {mark} times {n}?", f"It is {mark} {n} times over."))
    lines[-1] = _example(f"What is the mark of {mark}?", f"Its mark is {mark}.")
    return lines


def _bytes(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def small(mark: str) -> Attached:
    """Valid, and too short to split."""
    return Attached(f"small-{mark}.jsonl", _bytes(_lines(mark, 14)), ("start_job",))


def large(mark: str) -> Attached:
    """Valid, and long enough for a histogram and a split."""
    return Attached(
        f"large-{mark}.jsonl",
        _bytes(_lines(mark, 40)),
        ("start_job", "split_file"),
        picture=True,
    )


def broken(mark: str) -> Attached:
    """Three lines that nobody can train on, and nothing that can be fixed."""
    lines = _lines(mark, 14)
    for n in range(3):
        lines.append(json.dumps({"messages": [{"role": "user", "content": f"And {mark} {n}?"}]}))
    return Attached(f"broken-{mark}.jsonl", _bytes(lines))


def fixable(mark: str) -> Attached:
    """Two lines in mojibake."""
    lines = _lines(mark, 14)
    for n in range(2):
        asked = f"Où est la clé {mark} {n}?".encode().decode("cp1252")
        lines.append(_example(asked, f"Under stone {n}."))
    return Attached(
        f"fixable-{mark}.jsonl",
        _bytes(lines),
        ("start_job", "fix_file"),
    )


def secret(mark: str) -> Attached:
    """An access key that somebody forgot."""
    key = "AKIA" + "Q3TEXAMPL7KZ2WVB"
    lines = [*_lines(mark, 14), _example("Which key do we use?", f"We use {key} for it.")]
    return Attached(f"secret-{mark}.jsonl", _bytes(lines), ("start_job!",))


def array(mark: str) -> Attached:
    """JSON, but not JSON Lines."""
    rows = [json.loads(line) for line in _lines(mark, 14)]
    return Attached(
        f"array-{mark}.json",
        json.dumps(rows, indent=1).encode(),
        ("convert_file",),
        by_shortcut=True,
    )


def table(mark: str) -> Attached:
    """A table of questions and answers."""
    rows = [f"{question(n)},{answer(n)}" for n in range(len(_NUMBERS))]
    rows.append(f"What is the mark of {mark}?,Its mark is {mark}.")
    return Attached(
        f"table-{mark}.csv",
        ("prompt,completion\n" + "\n".join(rows) + "\n").encode(),
        ("convert_file",),
        by_shortcut=True,
    )


def schema(mark: str) -> Attached:
    """Two tables in DDL."""
    text = (
        f"CREATE TABLE shop_{mark} (id INTEGER PRIMARY KEY, city VARCHAR(40) NOT NULL);\n"
        "CREATE TABLE sale (id INTEGER PRIMARY KEY, shop_id INTEGER NOT NULL"
        f" REFERENCES shop_{mark} (id), amount DECIMAL(10, 2));\n"
    )
    return Attached(f"schema-{mark}.sql", text.encode(), ("write_training_set",))


FILES: dict[str, Callable[[str], Attached]] = {
    make.__name__: make for make in (small, large, broken, fixable, secret, array, table, schema)
}
