"""Examples that differ in a few letters are found, long or short."""

import random
from pathlib import Path

import pytest

from tests.datasets.files import chat, look, message, write
from tunesmith.bot.datasets.similarity import NEAR, likeness

_PAIRS = 150
_LETTERS = "abcdefghijklmnopqrstuvwxyz가나다라마바사아자차카타파하"


def _text(chance: random.Random, size: int) -> str:
    words: list[str] = []
    while len(" ".join(words).encode()) < size:
        words.append("".join(chance.choices(_LETTERS, k=chance.randrange(2, 9))))
    return " ".join(words)


def _slightly_other(chance: random.Random, text: str) -> str:
    """The text with some letters exchanged, as many as leave it a near duplicate."""
    other = text
    while True:
        place = chance.randrange(len(other))
        changed = other[:place] + chance.choice("0123456789") + other[place + 1 :]
        if likeness(text.encode(), changed.encode()) < NEAR + 0.005:
            return other
        other = changed


@pytest.mark.parametrize("size", [200, 400, 2_000, 8_000])
def test_nearly_all_near_duplicates_are_found(size: int, tmp_path: Path) -> None:
    chance = random.Random(size)
    texts = [_text(chance, size) for _ in range(_PAIRS)]
    pairs = [(text, _slightly_other(chance, text)) for text in texts]
    lines = [
        chat(0, message("user", text[: size // 4]), message("assistant", text[size // 4 :]))
        for pair in pairs
        for text in pair
    ]
    different = sum(one != other for one, other in pairs)
    assert different > 0.8 * _PAIRS
    counts = look(write(tmp_path / "train.jsonl", lines)).counts
    found = counts.get("near_duplicate", 0) + counts.get("conflicting_answers", 0)
    assert found >= 0.97 * different
