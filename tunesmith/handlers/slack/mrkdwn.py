"""Slack's markup, in both directions.

In what Slack sends, `&`, `<` and `>` that somebody typed are entities, and what stands between real
angle brackets is a mention or a link (docs.slack.dev, "Formatting message text").
"""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)>")
_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_DESTINATION = re.compile(r"\]\([^()\s]*")
# Controls, separators of lines and paragraphs, and what turns the direction of the text behind it.
# A carriage return stays: Slack takes it with the newline behind it for one.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAKS = frozenset("\x0b\x0c\x85\u2028\u2029")


def escape(text: str) -> str:
    """Text from a file, a model or a person, so that no mention, link or formatting command fires.

    Slack's rule: `&`, `<` and `>` are written as entities.
    """
    return seen(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def seen(text: str) -> str:
    """A text in which nothing is hidden: what is no character to be read, as a model that writes
    bytes may send it, is U+FFFD, and what breaks a line is a newline.

    Each character stays one, so that a text that still comes only grows at its end.
    """
    return _UNSEEN.sub(lambda found: "\n" if found[0] in _BREAKS else "\ufffd", text)


def escape_markdown(text: str) -> str:
    """What a model wrote, for a markdown block, where it shows as it stands and nothing fires.

    There an `&` needs no entity, and in a link's destination must have none: Slack decodes
    `&lt;` in markdown blocks, but no `&amp;` in destinations. So `&` is written as an entity only
    where it would be read as the beginning of one.
    """
    text, kept = seen(text), 0
    written: list[str] = []
    for found in _DESTINATION.finditer(text):
        written += [_ENTITY.sub("&amp;", text[kept : found.start()]), found[0]]
        kept = found.end()
    written.append(_ENTITY.sub("&amp;", text[kept:]))
    return "".join(written).replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """A text with Slack's entities, as it was."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def people_in(text: str) -> list[str]:
    """The ids of those whom a text from Slack mentions without their names."""
    return list(dict.fromkeys(_PERSON.findall(text)))


def as_typed(text: str, names: Mapping[str, str]) -> str:
    """A text from Slack as it was typed: mentions by name, links as they were written.

    `names` are people's by their ids; those that it lacks stay ids.
    """
    written: list[str] = []
    kept = 0
    for found in _TOKEN.finditer(text):
        written += [text[kept : found.start()], _typed_token(found[1], names)]
        kept = found.end()
    return unescape("".join([*written, text[kept:]]))


def _typed_token(token: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return "@" + (label or names.get(target[1:]) or target[1:])
        case "#":
            return "#" + (label or target[1:])
        case "!":
            command = target[1:].partition("^")[0]
            return label or f"@{command}"
        case _:
            address = target.removeprefix("mailto:")
            if not label or label == address:
                return address
            # An address that was typed without its scheme is its own label.
            is_typed = address.removeprefix("https://").removeprefix("http://") == label
            return label if is_typed else f"[{label}]({address})"


def shorten(text: str, most: int) -> str:
    """The text, cut to at most that many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
