"""How a tuned model answers."""

import math
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainer_engine.engine_job import FACTS, question
from tunesmith.local.trainer.engines.pieces import Pieces
from tunesmith.local.trainer.engines.tiny import TinyGenerator
from tunesmith.local.trainer.engines.tiny.arrays import Tokens
from tunesmith.local.trainer.engines.tiny.checkpoint import Model
from tunesmith.local.trainer.engines.tiny.decoding import Decoding
from tunesmith.local.trainer.engines.tiny.examples import CONTEXT, encode_prompt
from tunesmith.local.trainer.engines.tiny.model import forward, initial_weights, make_batch
from tunesmith.local.trainer.engines.tiny.tokenizer import Tokenizer
from tunesmith.local.trainer.jobs import (
    ContextLengthError,
    GeneratedToken,
    Generator,
    Piece,
    Token,
)

ASK = question("Which water do I use?")
ANSWER = "Filtered tap water."
KOREAN = "보증 기간이 얼마나 되나요?"


@pytest.fixture(scope="module")
def babbler() -> TinyGenerator:
    """A model that learnt nothing: whatever it says is chance."""
    tokenizer = Tokenizer.learn([*FACTS, *FACTS.values()])
    weights = initial_weights(len(tokenizer), np.random.default_rng(0))
    return TinyGenerator(Model(weights, tokenizer, []))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_a_tiny_model_is_what_the_servers_contract_asks_for(model: TinyGenerator):
    generator: Generator = model
    assert generator.context_length == CONTEXT
    assert generator.count_tokens(ASK) == generator.count_tokens("Which water do I use?") + 3


def test_an_answer_ends_by_itself_and_only_its_last_piece_says_why(model: TinyGenerator):
    pieces = list(model.generate(ASK, temperature=0))
    assert text_of(pieces) == ANSWER
    assert [piece.finish_reason for piece in pieces] == [None] * (len(pieces) - 1) + ["stop"]
    joined = b"".join(token.bytes for piece in pieces for token in piece.tokens)
    assert joined.decode() == ANSWER


def test_equal_seeds_give_equal_answers_and_other_seeds_others(babbler: TinyGenerator):
    def say(seed: int | None) -> str:
        return text_of(list(babbler.generate(ASK, max_tokens=30, seed=seed)))

    assert say(1) == say(1)
    assert len({say(seed) for seed in range(5)}) == 5
    assert say(None) != say(None)


def test_a_top_p_of_nearly_nothing_is_greedy(babbler: TinyGenerator):
    greedy = list(babbler.generate(ASK, max_tokens=20, temperature=0))
    assert list(babbler.generate(ASK, max_tokens=20, top_p=1e-9)) == greedy


def test_top_p_draws_from_no_more_than_the_likeliest_tokens(babbler: TinyGenerator):
    for seed in range(20):
        for piece in babbler.generate(ASK, max_tokens=3, top_p=0.2, seed=seed, top_logprobs=2000):
            for token in piece.tokens:
                likelier = [
                    math.exp(one.logprob) for one in token.top if one.logprob > token.logprob
                ]
                assert sum(likelier) < 0.2


def test_max_tokens_cuts_an_answer_and_says_so(model: TinyGenerator):
    pieces = list(model.generate(ASK, temperature=0, max_tokens=2))
    assert sum(len(piece.tokens) for piece in pieces) == 2
    assert pieces[-1].finish_reason == "length"
    assert ANSWER.startswith(text_of(pieces))
    assert len(text_of(pieces)) < len(ANSWER)


@pytest.mark.parametrize("stop", [" tap", "tap water", "water", "."])
def test_an_answer_ends_before_a_stop_sequence_even_one_across_tokens(
    model: TinyGenerator, stop: str
):
    pieces = list(model.generate(ASK, temperature=0, stop=["never", stop]))
    assert text_of(pieces) == ANSWER[: ANSWER.index(stop)]
    assert pieces[-1].finish_reason == "stop"
    *before, last = [token.text for piece in pieces for token in piece.tokens]
    # No token that begins in the stop sequence is left.
    assert len("".join(before)) < len(text_of(pieces)) <= len("".join([*before, last]))


def test_log_probabilities_are_of_the_whole_vocabulary_and_best_first(model: TinyGenerator):
    for piece in model.generate(question(KOREAN), temperature=1.3, seed=3, top_logprobs=3000):
        for token in piece.tokens:
            assert sum(math.exp(one.logprob) for one in token.top) == pytest.approx(1)
            assert Token(token.bytes, token.logprob) in token.top
            assert [one.logprob for one in token.top] == sorted(
                (one.logprob for one in token.top), reverse=True
            )


def test_log_probabilities_are_those_of_the_training_pass(tuned_model: Model):
    ids = np.array(encode_prompt(question(KOREAN), tuned_model.tokenizer))
    whole = Decoding(tuned_model.weights, len(ids))
    parts = Decoding(tuned_model.weights, len(ids))
    for one in ids[:-1]:
        parts.read([one])
    at_once, one_by_one = whole.read(ids.tolist()), parts.read([int(ids[-1])])
    np.testing.assert_allclose(at_once, one_by_one, atol=1e-4)
    target = int(at_once.argmax())
    tokens = Tokens(np.append(ids, target), np.arange(len(ids) + 1) == len(ids))
    found, right, _ = forward(tuned_model.weights, make_batch([tokens]))
    wide = at_once.astype(np.float64)
    exact = wide[target] - np.log(np.exp(wide).sum())
    assert found[0] == pytest.approx(exact, abs=1e-4)
    assert right.all()


def test_no_work_is_done_that_nobody_asks_for(
    babbler: TinyGenerator, monkeypatch: pytest.MonkeyPatch
):
    reads: list[int] = []
    read = Decoding.read

    def counted(self: Decoding, ids: list[int]) -> object:
        reads.append(len(ids))
        return read(self, ids)

    monkeypatch.setattr(Decoding, "read", counted)
    pieces = babbler.generate(ASK, temperature=0, max_tokens=500)
    assert reads == []
    list(islice(pieces, 3))
    assert len(reads) < 20


def test_a_prompt_beyond_the_context_is_refused_at_the_call(babbler: TinyGenerator):
    with pytest.raises(ContextLengthError) as caught:
        babbler.generate("한" * CONTEXT)
    assert caught.value.limit == CONTEXT
    assert caught.value.tokens == CONTEXT + 1


def test_an_answer_ends_where_the_context_does(babbler: TinyGenerator):
    pieces = list(babbler.generate("한" * (CONTEXT - 4), temperature=0))
    assert sum(len(piece.tokens) for piece in pieces) == 3
    assert pieces[-1].finish_reason == "length"


def as_tokens(text: str, cuts: list[int]) -> list[GeneratedToken]:
    """A text's bytes in pieces that know nothing of characters."""
    data = text.encode()
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [GeneratedToken(data[start:end], -1.0) for start, end in pairwise(places)]


words = st.text(st.sampled_from("ab한😀 "), max_size=12)


@given(words, st.lists(st.integers(0, 100)), st.lists(words, max_size=3))
def test_however_tokens_fall_pieces_are_whole_characters_up_to_the_first_stop(
    text: str, cuts: list[int], stop: list[str]
):
    pieces = Pieces(stop)
    shown: list[Piece] = []
    tokens = as_tokens(text, cuts)
    for token in tokens:
        piece = pieces.add(token)
        shown += [piece] if piece else []
        if piece and piece.finish_reason:
            break
    else:
        shown.append(pieces.finish("length"))
    stops = [text.index(one) for one in stop if one and one in text]
    found = text_of(shown)
    # Where two stop sequences overlap, the one that is whole first ends the answer.
    assert text.startswith(found)
    if not stops:
        assert found == text
        assert [token for piece in shown for token in piece.tokens] == tokens
    else:
        assert len(found) >= min(stops)
        assert shown[-1].finish_reason == "stop"
        assert not any(one and one in found for one in stop)
    assert all("\ufffd" not in piece.text for piece in shown)


def test_broken_utf8_is_shown_as_such_at_the_end():
    pieces = Pieces([])
    assert pieces.add(GeneratedToken("한".encode()[:2], -1.0)) is None
    last = pieces.finish("length")
    assert last.text == "\ufffd"
    assert len(last.tokens) == 1
    assert last.tokens[0].text == r"\xed\x95"
