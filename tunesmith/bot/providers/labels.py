"""How likely each class is, from the tokens that a model might have written."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Alternatives(NamedTuple):
    """The token that a model chose at one place, and the likeliest ones there with their
    log-probabilities.
    """

    chosen: str
    top: Mapping[str, float]


def probabilities(labels: Sequence[str], places: Sequence[Alternatives]) -> dict[str, float]:
    """The probability of each label (0 to 1), the likeliest first.

    At each place of the answer, a token speaks for the labels that go on with it; one that
    several labels share says nothing yet of each. What the model would have written after a token
    that it did not choose is not known: labels that differ only there are left out, and so are
    those that were not among the likeliest. White space around a label does not count.
    """
    wanted = {label: label.strip() for label in labels}
    found: dict[str, float] = {}

    def add(label: str, probability: float) -> None:
        found[label] = found.get(label, 0.0) + probability

    written, reached = "", 1.0
    for place in places:
        for token, logprob in place.top.items():
            fits = _going_on(wanted, written + token)
            if len(fits) == 1 and token != place.chosen:
                add(fits[0], reached * math.exp(logprob))
        written += place.chosen
        reached *= math.exp(place.top.get(place.chosen, -math.inf))
        wanted = {label: wanted[label] for label in _going_on(wanted, written)}
        if len(wanted) <= 1:
            break
    if len(wanted) > 1:
        wanted = {label: text for label, text in wanted.items() if text == written.strip()}
    for label in wanted:
        add(label, reached)
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _going_on(labels: Mapping[str, str], written: str) -> list[str]:
    """The labels that begin with what is written, or that it is."""
    begun = written.lstrip()
    ended = begun.rstrip()
    return [label for label, text in labels.items() if text.startswith(begun) or text == ended]
