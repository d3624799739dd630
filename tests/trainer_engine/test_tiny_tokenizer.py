"""The tiny engine's tokenizer."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.trainer_engine.engine_job import FACTS
from tunesmith.local.trainer.engines.tiny.tokenizer import (
    FIRST_BYTE,
    PIECES_MOST,
    SPECIALS,
    Tokenizer,
)

LEARNT = Tokenizer.learn([*FACTS, *FACTS.values()])

# Any text: all of Unicode with lone surrogates, and the pieces that are likeliest to go wrong.
any_text = st.lists(
    st.one_of(
        st.text(st.characters(), max_size=20),
        st.sampled_from(
            [*SPECIALS, *FACTS, "<|", "|>", "👩‍👩‍👧‍👦", "\r\n", " \t ", "\x00", "\ufffd"]
        ),
    ),
    max_size=6,
).map("".join)


def as_utf8(text: str) -> str:
    """What UTF-8 can say of a text: its lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@given(any_text)
def test_any_text_comes_back_whole(text: str):
    assert LEARNT.decode(LEARNT.encode(text)) == as_utf8(text)


@given(any_text, st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.9, 1.0]))
def test_noise_changes_the_pieces_and_never_the_text(text: str, seed: int, dropout: float):
    noisy = LEARNT.encode_noisily(text, random.Random(seed), dropout)
    assert LEARNT.decode(noisy) == as_utf8(text)


@given(any_text)
def test_specials_written_out_in_a_text_stay_text(text: str):
    assert all(number >= FIRST_BYTE for number in LEARNT.encode(text))


@given(st.lists(any_text, max_size=4), any_text)
def test_any_text_can_be_learnt_from_and_any_other_then_encoded(texts: list[str], text: str):
    tokenizer = Tokenizer.learn(texts)
    for one in (*texts, text):
        assert tokenizer.decode(tokenizer.encode(one)) == as_utf8(one)


@given(st.lists(any_text, max_size=4))
def test_a_vocabulary_written_down_and_read_again_gives_the_same_pieces(texts: list[str]):
    tokenizer = Tokenizer.learn(texts)
    again = Tokenizer(
        type(tokenizer.vocabulary).model_validate_json(tokenizer.vocabulary.model_dump_json())
    )
    assert len(again) == len(tokenizer)
    assert all(again.encode(text) == tokenizer.encode(text) for text in texts)


def test_korean_and_chinese_take_one_piece_a_character():
    for text in ("보증기간", "可以退货吗"):
        assert len(LEARNT.encode(text)) == len(text)


def test_a_word_that_comes_often_is_one_piece():
    tokenizer = Tokenizer.learn(["warranty of a warranty"] * 5)
    assert len(tokenizer.encode("a warranty")) == 2


def test_the_vocabulary_is_bounded_by_frequency():
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghijklmnop", k=7)) for _ in range(4000)]
    rare = "".join(chr(0x4E00 + number) for number in range(3000))
    tokenizer = Tokenizer.learn([" ".join(words * 2), rare, "的" * 5000])
    assert len(tokenizer) == PIECES_MOST
    assert len(tokenizer.encode("的")) == 1
