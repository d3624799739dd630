"""Examples that come twice in other words are found; those that teach something else are not."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.files import Line, chat, look, message, of_code, write
from tunesmith.bot.datasets.likeness import words

_PAIRS = 150
_LETTERS = "abcdefghijklmnopqrstuvwxyz가나다라마바사아자차카타파하"

_Said = tuple[str, str]
_EN = (
    "How often should I descale my machine, and with what?",
    "Every two months, or when the light turns orange. Use our descaler only.",
)
_KO = (
    "석회 제거는 얼마나 자주, 무엇으로 해야 하나요?",
    "두 달에 한 번, 또는 표시등이 주황색으로 바뀌면 하세요. 전용 제거제만 사용해 주세요.",
)
_ZH = (
    "机器应该多久除垢一次，用什么除垢？",
    "每两个月一次，或者指示灯变成橙色的时候。请只使用我们的除垢剂。",
)
_SQL = (
    "Which customers in the north paid more than 1000 last year?",
    "SELECT name FROM customers WHERE region = 'north' AND paid > 1000 AND year = 2025;",
)
_CODE = (
    "Write a function that adds the numbers of a list.",
    "def add(numbers):\n    total = 0\n    for number in numbers:\n        total += number\n"
    "    return total",
)


def _chat(said: _Said) -> Line:
    return chat(0, message("user", said[0]), message("assistant", said[1]))


def _near(tmp_path: Path, *said: _Said) -> list[tuple[int | None, object]]:
    """The lines of each near duplicate and of what it repeats."""
    report = look(write(tmp_path / "train.jsonl", [_chat(each) for each in said]))
    found = of_code(report, "near_duplicate")
    return [(each.line, each.message.values["other"]) for each in found]


_AGAIN: dict[str, tuple[_Said, _Said]] = {
    "case and question en": (
        _EN,
        ("HOW OFTEN SHOULD I DESCALE THE MACHINE, AND WITH WHAT?", _EN[1]),
    ),
    "case sql": (_SQL, (_SQL[0].replace("Which", "What"), _SQL[1].lower())),
    "punctuation ko": (
        _KO,
        (_KO[0].replace("석회 제거는", "석회 제거,"), _KO[1].replace(".", " !")),
    ),
    "sentence asked en": (_EN, (_EN[0] + " Please be brief.", _EN[1])),
    "sentence asked ko": (_KO, (_KO[0] + " 짧게 답해 주세요.", _KO[1])),
    "sentence asked zh": (_ZH, (_ZH[0] + "请简短回答。", _ZH[1])),
    "sentence said en": (_EN, ("So, " + _EN[0], _EN[1] + " Vinegar damages the seals.")),
    "sentence said ko": (_KO, ("혹시 " + _KO[0], _KO[1] + " 식초는 패킹을 손상시킵니다.")),
    "sentence said zh": (_ZH, ("请问，" + _ZH[0], _ZH[1] + "醋会损坏密封圈。")),
    "line said code": (_CODE, (_CODE[0] + " Please.", _CODE[1] + "  # of all numbers")),
    "swapped clause en": (
        _EN,
        (
            "With what, and how often should I descale my machine?",
            "Use our descaler only. When the light turns orange, or every two months.",
        ),
    ),
    "swapped clause ko": (
        _KO,
        (
            "석회 제거는 무엇으로, 얼마나 자주 해야 하나요?",
            "전용 제거제만 사용해 주세요. 두 달에 한 번, 또는 표시등이 주황색으로 바뀌면 하세요.",
        ),
    ),
    "swapped clause zh": (
        _ZH,
        (
            "用什么除垢，机器应该多久除垢一次？",
            "请只使用我们的除垢剂。每两个月一次，或者指示灯变成橙色的时候。",
        ),
    ),
    "swapped conditions sql": (
        _SQL,
        (
            "Which customers paid more than 1000 last year in the north?",
            "SELECT name FROM customers WHERE year = 2025 AND paid > 1000 AND region = 'north';",
        ),
    ),
    "number written otherwise": (_SQL, (_SQL[0].replace("1000", "1,000"), _SQL[1])),
    "other word en": (
        _EN,
        (_EN[0].replace("often", "frequently"), _EN[1].replace("our", "the")),
    ),
}


@pytest.mark.parametrize("pair", _AGAIN.values(), ids=_AGAIN)
def test_an_example_that_comes_again_in_other_words_is_found(
    pair: tuple[_Said, _Said], tmp_path: Path
) -> None:
    assert _near(tmp_path, *pair) == [(2, 1)]


_OTHERS: dict[str, tuple[_Said, _Said]] = {
    "city en": (
        ("Is the shop in Berlin open on Sundays?", "The shop in Berlin is open from 9 to 18."),
        ("Is the shop in Munich open on Sundays?", "The shop in Munich is open from 9 to 18."),
    ),
    "city ko": (
        ("서울 매장은 일요일에도 여나요?", "서울 매장은 일요일 9시부터 18시까지 엽니다."),
        ("부산 매장은 일요일에도 여나요?", "부산 매장은 일요일 9시부터 18시까지 엽니다."),
    ),
    "city zh": (
        ("北京的门店星期天营业吗？", "北京的门店星期天九点到十八点营业。"),
        ("上海的门店星期天营业吗？", "上海的门店星期天九点到十八点营业。"),
    ),
    "table": (
        ("How many rows are there in orders?", "SELECT COUNT(*) FROM orders;"),
        ("How many rows are there in refunds?", "SELECT COUNT(*) FROM refunds;"),
    ),
    "number": (_SQL, (_SQL[0].replace("1000", "2000"), _SQL[1].replace("1000", "2000"))),
    "question of the same answer": (_EN, ("May I use vinegar for that?", _EN[1])),
    "answer": (
        ("Does the warranty of the machine cover the boiler?", "Yes, for five years."),
        ("Does the warranty of the machine cover the hose?", "No, it is a part that wears."),
    ),
}


@pytest.mark.parametrize("pair", _OTHERS.values(), ids=_OTHERS)
def test_an_example_that_teaches_something_else_is_none(
    pair: tuple[_Said, _Said], tmp_path: Path
) -> None:
    assert _near(tmp_path, *pair) == []


def test_a_number_that_differs_in_a_long_example_makes_it_no_other(tmp_path: Path) -> None:
    question, answer = _EN[0], " ".join(f"{_EN[1]} {_SQL[1]}" for _ in range(3))
    again = (f"{question} It is number 7.", f"{answer} Seven.")
    assert _near(tmp_path, (f"{question} It is number 5.", f"{answer} Five."), again) == [(2, 1)]


def _text(chance: random.Random, size: int) -> str:
    words: list[str] = []
    while len(" ".join(words).encode()) < size:
        words.append("".join(chance.choices(_LETTERS, k=chance.randrange(2, 9))))
    return " ".join(words)


def _slightly_other(chance: random.Random, text: str) -> str:
    """The text with a letter exchanged every 160 bytes or so."""
    letters = list(text)
    for place in chance.sample(range(len(text)), max(len(text.encode()) // 160, 1)):
        letters[place] = chance.choice(_LETTERS)
    return "".join(letters)


@pytest.mark.parametrize("size", [200, 400, 2_000, 8_000])
def test_nearly_all_that_differ_in_a_few_letters_are_found(size: int, tmp_path: Path) -> None:
    chance = random.Random(size)
    texts = [_text(chance, size) for _ in range(_PAIRS)]
    pairs = [(text, _slightly_other(chance, text)) for text in texts]
    lines = [_chat((text[: size // 4], text[size // 4 :])) for pair in pairs for text in pair]
    different = sum(one != other for one, other in pairs)
    assert different > 0.9 * _PAIRS
    counts = look(write(tmp_path / "train.jsonl", lines)).counts
    found = counts.get("near_duplicate", 0) + counts.get("conflicting_answers", 0)
    assert found >= 0.97 * different


@settings(max_examples=300)
@given(st.text(st.characters(codec="ascii")))
def test_words_of_ascii_are_those_that_they_are_among_other_letters(text: str) -> None:
    assert words(text) + words("가") == words(f"{text} 가")
