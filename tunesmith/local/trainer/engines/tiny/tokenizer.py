"""A byte-level BPE learnt on the training file alone.

ASCII words become pieces by byte-pair merges; every other character of the file is one piece, so
that Korean and Chinese answers are short; what the file never had falls back to its bytes, so any
text can be encoded. The same rules can be said in Hugging Face's `tokenizer.json` (see export.py).
"""

import heapq
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from pydantic import BaseModel

PIECES_MOST = 2048
SPECIALS = ("<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
BEGIN, END, SYSTEM, USER, ASSISTANT = range(len(SPECIALS))
FIRST_BYTE = len(SPECIALS)

# One character outside ASCII; a word with the space before it; a digit; a run of signs; spaces.
# These ranges mean the same to Python's `re` and to the Oniguruma of Hugging Face's tokenizers.
WORD_PATTERN = r"[^\x00-\x7f]| ?[A-Za-z]+|[0-9]| ?[!-/:-@\[-`{-~]+|[ \t]+|[\x00-\x08\n-\x1f\x7f]"
_WORDS = re.compile(WORD_PATTERN)

# Rarer characters would crowd out the merges that make English short.
_CHARACTERS_MOST = 1200
_WORDS_CACHED = 20_000

Merge = tuple[int, int]


class Vocabulary(BaseModel):
    """What has been learnt: whole characters in id order, then merges of two pieces by rank."""

    characters: list[str]
    merges: list[Merge]


class Tokenizer:
    """Text to ids and ids to bytes. Ids: specials, the 256 bytes, characters, merged pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._bytes = _first_pieces(vocabulary.characters)
        self._whole = {piece: number for number, piece in enumerate(self._bytes) if piece}
        self._merged: dict[Merge, tuple[int, int]] = {}
        for rank, pair in enumerate(vocabulary.merges):
            piece = self._bytes[pair[0]] + self._bytes[pair[1]]
            # Two ways of merging can spell the same piece, which then has one id.
            if piece not in self._whole:
                self._whole[piece] = len(self._bytes)
                self._bytes.append(piece)
            self._merged[pair] = rank, self._whole[piece]
        self._merge_cached = lru_cache(_WORDS_CACHED)(self._merge)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Tokenizer":
        """Learn the pieces of these texts; the same texts in the same order give the same ids."""
        words = Counter(word for text in texts for word in _words(text))
        characters = [word for word, _ in words.most_common() if not word.isascii()]
        characters = characters[:_CHARACTERS_MOST]
        ascii_words = {word: count for word, count in words.items() if word.isascii()}
        merges = _learn_merges(ascii_words, _first_pieces(characters))
        return cls(Vocabulary(characters=characters, merges=merges))

    def __len__(self) -> int:
        """The number of pieces."""
        return len(self._bytes)

    def encode(self, text: str) -> list[int]:
        """The ids of a text; specials written out in it stay plain text.

        A lone surrogate, which UTF-8 cannot say, becomes U+FFFD.
        """
        return [number for word in _words(text) for number in self._merge_cached(word)]

    def encode_noisily(self, text: str, rng: random.Random, dropout: float) -> list[int]:
        """As encode, but each merge is left out with this chance (BPE dropout, arXiv:1910.13267).

        The model then learns how its pieces are spelt, and can read words it never saw whole.
        """
        return [
            number
            for word in _words(text)
            for number in (
                self._merge(word, rng, dropout) if word.isascii() else self._merge_cached(word)
            )
        ]

    def bytes_of(self, number: int) -> bytes:
        """The bytes of one piece; none for a special."""
        return self._bytes[number]

    def decode(self, numbers: Sequence[int]) -> str:
        """The text of these ids; broken UTF-8 becomes U+FFFD."""
        return b"".join(self._bytes[number] for number in numbers).decode("utf-8", "replace")

    def _merge(
        self, word: str, rng: random.Random | None = None, dropout: float = 0.0
    ) -> tuple[int, ...]:
        data = word.encode()
        if rng is None and data in self._whole:
            return (self._whole[data],)
        pieces = [FIRST_BYTE + value for value in data]
        while True:
            possible = [
                (*self._merged[pair], place)
                for place, pair in enumerate(pairwise(pieces))
                if pair in self._merged and (rng is None or rng.random() >= dropout)
            ]
            if not possible:
                return tuple(pieces)
            _, number, place = min(possible)
            pieces[place : place + 2] = [number]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _first_pieces(characters: Sequence[str]) -> list[bytes]:
    specials = [b"" for _ in SPECIALS]
    return specials + [bytes([value]) for value in range(256)] + [c.encode() for c in characters]


def _learn_merges(words: dict[str, int], pieces: list[bytes]) -> list[Merge]:
    """The most frequent pair, again and again (Sennrich, arXiv:1508.07909).

    A pair's count only falls once it is on the heap, so a stale entry is put back when it is met.
    """
    spelt = [[FIRST_BYTE + value for value in word.encode()] for word in words]
    weights = list(words.values())
    counts: Counter[Merge] = Counter()
    where: defaultdict[Merge, set[int]] = defaultdict(set)

    def count(index: int, sign: int) -> list[Merge]:
        found = list(pairwise(spelt[index]))
        for pair in found:
            counts[pair] += sign * weights[index]
            where[pair].add(index)
        return found

    for index in range(len(spelt)):
        count(index, 1)
    heap = [(-number, pair) for pair, number in counts.items()]
    heapq.heapify(heap)
    known = {piece: number for number, piece in enumerate(pieces)}
    merges: list[Merge] = []
    while heap and len(pieces) < PIECES_MOST:
        number, pair = heapq.heappop(heap)
        if -number != counts[pair]:
            heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -number < 2:
            break
        merges.append(pair)
        spelling = pieces[pair[0]] + pieces[pair[1]]
        piece = known.setdefault(spelling, len(pieces))
        if piece == len(pieces):
            pieces.append(spelling)
        fresh: set[Merge] = set()
        for index in where.pop(pair):
            count(index, -1)
            spelt[index] = _replace(spelt[index], pair, piece)
            fresh.update(found for found in count(index, 1) if piece in found)
        for found in fresh:
            heapq.heappush(heap, (-counts[found], found))
    return merges


def _replace(pieces: list[int], pair: Merge, piece: int) -> list[int]:
    replaced: list[int] = []
    for number in pieces:
        if replaced and (replaced[-1], number) == pair:
            replaced[-1] = piece
        else:
            replaced.append(number)
    return replaced
