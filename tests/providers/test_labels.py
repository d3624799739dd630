"""How likely each class is, read out of what a model might have written instead."""

import math

import pytest

from tunesmith.bot.providers.labels import Alternatives, probabilities


def _place(chosen: str, **shares: float) -> Alternatives:
    return Alternatives(chosen, {token: math.log(share) for token, share in shares.items()})


def test_labels_of_one_token_have_the_shares_of_their_tokens() -> None:
    places = [Alternatives(" spam", {" spam": math.log(0.7), " ham": math.log(0.3)})]
    assert probabilities(["ham", "spam"], places) == pytest.approx({"spam": 0.7, "ham": 0.3})
    assert list(probabilities(["ham", "spam"], places)) == ["spam", "ham"], "likeliest first"


def test_several_tokens_that_begin_one_label_speak_for_it_together() -> None:
    place = _place("pos", pos=0.5, positive=0.2, neg=0.3)
    assert probabilities(["positive", "negative"], [place]) == pytest.approx(
        {"positive": 0.7, "negative": 0.3}
    )


def test_labels_that_share_their_first_token_are_told_apart_by_the_next_one() -> None:
    places = [_place("not", **{"not": 0.8, "yes": 0.2}), _place("_sure", _sure=0.75, _spam=0.25)]
    told = probabilities(["not_sure", "not_spam", "yes"], places)
    assert told == pytest.approx({"not_sure": 0.6, "yes": 0.2, "not_spam": 0.2})


def test_a_share_that_is_nobodys_for_sure_is_given_to_nobody() -> None:
    places = [_place("yes", **{"yes": 0.6, "not": 0.4})]
    assert probabilities(["not_sure", "not_spam", "yes"], places) == pytest.approx({"yes": 0.6})


def test_a_label_that_begins_another_is_meant_where_the_answer_ends() -> None:
    places = [_place("spam", spam=0.9, ham=0.1)]
    assert probabilities(["spam", "spam_legit", "ham"], places) == pytest.approx(
        {"spam": 0.9, "ham": 0.1}
    )


def test_an_answer_that_is_no_label_has_no_shares_but_those_of_others() -> None:
    assert probabilities(["yes", "no"], [_place("maybe", maybe=0.9, no=0.1)]) == pytest.approx(
        {"no": 0.1}
    )
    assert probabilities(["yes", "no"], []) == {}
    assert probabilities([], [_place("yes", yes=1.0)]) == {}
