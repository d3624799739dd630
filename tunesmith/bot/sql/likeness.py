"""How much speaks for one name being meant by another.

Letters in common speak for a slip of the pen; words in common (also shortened, mixed up, or in the
comment) for a name made up from memory. What many candidates have speaks for none of them.
"""

import re
from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from tunesmith.bot.ddl.codes import code_list
from tunesmith.bot.ddl.words import glossary, mixed_up, words_of

# Characters of a name or comment that are compared, since the time grows with their square; no
# database takes names of more than 128 (SQL Server, Oracle).
_COMPARED = 200
_MISTYPED = 0.75
# Of a word that is short for another one, of one that is taken for it, and of a meaning that a
# comment gives to a code.
_SHORT, _MIXED_UP, _CODE = 0.85, 0.65, 0.7
# Letters that one name may have more than the other, and letters of a name in which one slip
# leaves too little to go by, but for its first letter.
_SLIPS, _FEW = 2, 6
_WHEN = {"at": "time", "on": "date"}
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NO_LETTER = re.compile(r"[\W_]+")
_FIRST_WORDS = re.compile(r"[：:;；,，。.(（\[【\n]|\s[-–—]\s|->|=|(?<=\D)\s+(?=\d)")
_TABLE_ENDINGS = re.compile(r"(?:表|테이블)$")


# Each once, in their order: sums of them are the same in every process.
Words = tuple[str, ...]


class Likeness:
    """How much speaks for each of some names; `candidates` have their comments, if any."""

    def __init__(self, candidates: Mapping[str, str | None]) -> None:
        self._names = {name: _read(name, comment) for name, comment in candidates.items()}
        self._owners = Counter(word for name in self._names.values() for word in name.all_words)

    def of(self, name: str) -> dict[str, float]:
        """0 to 1 for every candidate."""
        wanted = _Name(name, None)
        return {one: self._between(wanted, other) for one, other in self._names.items()}

    def _between(self, name: "_Name", other: "_Name") -> float:
        if name.letters == other.letters:
            return 1.0
        if _WIDE.search(name.letters):
            return _called(name.letters, other)
        said = max(self._shared(name.words, words) for words in other.phrases)
        return max(_mistyped(name.letters, other.letters), said)

    def _shared(self, mine: Words, theirs: Words) -> float:
        """The words in common as a share of all, each by how few of the candidates have it."""
        common = rest = 0.0
        left = list(theirs)
        for word in mine:
            like, other = max(((_alike(word, o), o) for o in left), default=(0.0, word))
            if like:
                left.remove(other)
            weight = self._weight(word, other)
            common += like * weight
            rest += (1 - like) * weight
        rest += sum(self._weight(word, word) for word in left)
        return common / (common + rest) if common else 0.0

    def _weight(self, word: str, other: str) -> float:
        return 1 / max(1, self._owners[word], self._owners[other])


class _Name:
    """A name as it is compared: its letters, its words, and what its comment says."""

    def __init__(self, name: str, comment: str | None) -> None:
        parts = words_of(name[:_COMPARED])
        self.letters = _plain(name[:_COMPARED])
        self.words = _stems(parts)
        self.comment = _plain((comment or "")[:_COMPARED])
        label = _label((comment or "")[:_COMPARED])
        self.phrases = [self.words]
        self.labels = [self.letters]
        if label:
            self.labels.append(_plain(label))
            self.phrases.append(_stems(words_of(label)))
        self.labels += _translated(parts)

    @property
    def all_words(self) -> Words:
        """Every word of the name and of what it is called, once."""
        return tuple(dict.fromkeys(word for phrase in self.phrases for word in phrase))


@lru_cache(maxsize=4096)  # one file's tables, asked about name after name
def _read(name: str, comment: str | None) -> _Name:
    return _Name(name, comment)


def _called(name: str, other: _Name) -> float:
    """Whether a name in Chinese, Japanese or Korean is what the other one is called."""
    best = max(SequenceMatcher(None, name, one, autojunk=False).ratio() for one in other.labels)
    if len(name) > 1 and name in other.comment:
        best = max(best, _CODE)
    return best


def _mistyped(name: str, other: str) -> float:
    slips = abs(len(name) - len(other)) <= _SLIPS
    if not slips or (min(len(name), len(other)) < _FEW and name[:1] != other[:1]):
        return 0.0
    matcher = SequenceMatcher(None, name, other, autojunk=False)
    if matcher.real_quick_ratio() < _MISTYPED:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= _MISTYPED else 0.0


def _label(comment: str) -> str:
    """What a comment calls the column, without the codes, units and remarks behind it."""
    codes = code_list(comment)
    if codes:
        comment = comment.partition(codes[0][0])[0]
    return _TABLE_ENDINGS.sub("", _FIRST_WORDS.split(comment.strip(), maxsplit=1)[0].strip())


def _translated(parts: list[str]) -> list[str]:
    """What the words of an identifier are called in Chinese and Korean, where all are known."""
    whole = "_".join(parts)
    told: list[str] = []
    for known in (glossary("zh"), glossary("ko")):
        words = [known.get(part) or known.get(_meaning(part), "") for part in parts]
        if whole in known or (words and all(words)):
            told.append(known.get(whole) or "".join(words))
    return told


def _alike(word: str, other: str) -> float:
    """Whether a word is another one, is short for it, or is mixed up with it."""
    if word == other:
        return 1.0
    mine, theirs = _meaning(word), _meaning(other)
    if mine == theirs or _is_short_for(*sorted((word, other), key=len)):
        return _SHORT
    mixed = mixed_up()
    return _MIXED_UP if mixed.get(mine) == theirs or mixed.get(theirs) == mine else 0.0


def _is_short_for(short: str, long: str) -> bool:
    """`desc` for `description`, `qty` for `quantity`: its beginning, or its consonants."""
    if len(short) < 3 or len(long) < len(short) + 2 or short[0] != long[0]:
        return False
    letters = iter(long)
    consonants = not set(short[1:]) & set("aeiou")
    return long.startswith(short) or (consonants and all(one in letters for one in short))


def _meaning(word: str) -> str:
    return _WHEN.get(word) or glossary("en").get(word, word)


def _plain(text: str) -> str:
    return _NO_LETTER.sub("", text).casefold()


def _stems(words: list[str]) -> Words:
    return tuple(dict.fromkeys(map(_stem, words)))


def _stem(word: str) -> str:
    """`orders` is `order`, and `created` is `create`."""
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural or word.endswith("ed") else word
