"""Sets of words, written as text so that they can be read."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
