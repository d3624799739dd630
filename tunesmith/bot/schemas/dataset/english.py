"""Plural and singular of English labels made from identifiers."""

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "datum": "data",
    "index": "indexes",
    "foot": "feet",
    "leaf": "leaves",
    "shelf": "shelves",
}
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}
# Heads that do not count one row each: "order history records", not "order histories".
_MASS = frozenset(
    "history info information data stock inventory news log content config configuration "
    "relation relationship detail staff equipment money access rel map mapping master temp "
    "goods series species statistics stats settings".split()
)


def plural(noun: str) -> str:
    """The plural of a phrase's last word: order item → order items."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_plural_word(last)}".strip()


def singular(noun: str) -> str:
    """The singular of a phrase's last word: order items → order item."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_singular_word(last)}".strip()


def is_countable(noun: str) -> bool:
    """Whether a row can be called by the phrase itself (order, yes; order history, no)."""
    last = noun.rpartition(" ")[2]
    return len(last) > 2 and last.isalpha() and last.isascii() and last not in _MASS


def _plural_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SINGULAR:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def _singular_word(word: str) -> str:
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "ches", "shes", "uses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "ns")):
        return word[:-1]
    return word
