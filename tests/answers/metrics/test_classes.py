"""Classes: recorded figures are those of scikit-learn 1.9.1."""

import pytest

from tunesmith.bot.answers.metrics.classes import accuracy, label_of, weighted_f1

_GOLD, _GIVEN = "AAAABBBBBCCCCCCC", "AABABBCB?CCACC?C"


def test_accuracy_and_weighted_f1_are_those_of_scikit_learn():
    labels = [None if label == "?" else label for label in _GIVEN]
    pairs = list(zip(_GOLD, labels, strict=True))
    assert accuracy(pairs) == 0.6875
    assert weighted_f1(pairs) == pytest.approx(0.7323717948717949)


def test_a_label_is_read_whatever_its_case_and_quotes_and_never_from_a_sentence():
    labels = ("billing", "Refund", "배송")
    assert label_of(" billing", labels) == "billing"
    assert label_of('"REFUND".', labels) == "Refund"
    assert label_of("배송。", labels) == "배송"
    assert label_of("This is about billing", labels) is None
    assert label_of("billin", labels) is None
