"""What a row that nobody knows is nearest to, by the names of its keys."""

from collections.abc import Collection
from difflib import SequenceMatcher

from tunesmith.bot.datasets.conversion.shapes import SHAPES
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.messages import Message, say

_FORMATS = {
    Format.CHAT: ("messages",),
    Format.PAIRS: ("prompt", "completion"),
    Format.PREFERENCE: ("input", "preferred_output", "non_preferred_output"),
}
_NAMED = 2
# Names, and formats, that are less alike have nothing to do with each other.
_ALIKE = 0.6
_NEAR = 0.3


def nearest(keys: Collection[str]) -> list[str | Message]:
    """The formats and shapes whose keys are most like these; chat where none is like them."""
    known: list[tuple[str | Message, Collection[str]]] = [*_FORMATS.items()]
    known += [(say(f"finding.shape.{shape.name}"), shape.example[0]) for shape in SHAPES]
    found = [(_likeness(wanted, keys), name) for name, wanted in known]
    best = sorted((each for each in found if each[0] > _NEAR), key=lambda each: -each[0])[:_NAMED]
    return [name for _, name in best] or [Format.CHAT]


def _likeness(wanted: Collection[str], keys: Collection[str]) -> float:
    """How many of the wanted keys there are, each by how much it is like one of these."""
    return sum(max((_ratio(name, key) for key in keys), default=0) for name in wanted) / len(wanted)


def _ratio(name: str, key: str) -> float:
    ratio = SequenceMatcher(None, name.lower(), key.lower()).ratio()
    return ratio if ratio >= _ALIKE else 0
