"""Korean particles, chosen by how the word before them ends.

A particle has two forms: one after a final consonant (받침, batchim) and one after a vowel
(https://en.wikipedia.org/wiki/Korean_postpositions). 으로/로 also treats a final ㄹ as a vowel.
"""

import re

_FORMS = {
    "을": ("을", "를"),
    "이": ("이", "가"),
    "은": ("은", "는"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이고": ("이고", "고"),
    "이면서": ("이면서", "면서"),
}
# How a digit or a Latin letter ends when it is read aloud: 일 (ㄹ), 삼 (ㅁ), 엘 (ㄹ) and so on.
_NO_FINAL, _FINAL, _FINAL_RIEUL = 0, 1, 2
_READ_ALOUD = {
    **dict.fromkeys("2459", _NO_FINAL),
    **dict.fromkeys("036", _FINAL),
    **dict.fromkeys("178", _FINAL_RIEUL),
    **dict.fromkeys("abcdefghijkopqstuvwxyz", _NO_FINAL),
    **dict.fromkeys("mn", _FINAL),
    **dict.fromkeys("lr", _FINAL_RIEUL),
}
_TRAILING = re.compile(r"(?:\s*[(（][^()（）]*[)）]|[\s\"'’”.,%])+$")


def with_particle(word: str, particle: str) -> str:
    """The word with its particle: 주문 + 을 → 주문을, 회원 번호 + 을 → 회원 번호를.

    `particle` is the form after a consonant. A trailing parenthesis or quote is not read.
    """
    after_consonant, after_vowel = _FORMS[particle]
    final = _final_of(word)
    if final == _FINAL or (final == _FINAL_RIEUL and particle != "으로"):
        return word + after_consonant
    return word + after_vowel


def _final_of(word: str) -> int:
    last = _TRAILING.sub("", word)[-1:].lower()
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return _NO_FINAL if final == 0 else _FINAL_RIEUL if final == 8 else _FINAL
    return _READ_ALOUD.get(last, _NO_FINAL)
