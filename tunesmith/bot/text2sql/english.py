"""Plural, singular and article of English labels made from identifiers."""

from functools import cache

from tunesmith.bot.text2sql import data


def plural(noun: str) -> str:
    """The plural of a phrase's last word: order item → order items."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_plural_word(last)}".strip()


def singular(noun: str) -> str:
    """The singular of a phrase's last word: order items → order item."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_singular_word(last)}".strip()


def with_article(noun: str) -> str:
    """The noun with a or an, by its first letter: an order, a user."""
    first = noun[:1].lower()
    consonant_u = noun.lower().startswith(("uni", "use", "usa", "uti", "eu", "one"))
    return f"an {noun}" if first in "aeiou" and not consonant_u else f"a {noun}"


def is_countable(noun: str) -> bool:
    """Whether a row can be called by the phrase itself (order, yes; order history, no)."""
    words = noun.split()
    if len(words) > 4 or _words("joining").intersection(words):
        return False  # sales by category
    last = words[-1]
    return len(last) > 2 and last.isalpha() and last.isascii() and last not in _words("mass")


def _plural_word(word: str) -> str:
    irregular: dict[str, str] = data.read("english")["irregular"]
    if word in irregular:
        return irregular[word]
    if word in irregular.values():
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def _singular_word(word: str) -> str:
    if word in _words("mass"):
        return word
    irregular: dict[str, str] = data.read("english")["irregular"]
    for one, many in irregular.items():
        if word == many:
            return one
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "ches", "shes", "uses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "ns")):
        return word[:-1]
    return word


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(data.read("english")[kind].split())
