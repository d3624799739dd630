"""Slack's markup."""


def escape(text: str) -> str:
    """Text from a file, a model or a person, so that no mention, link or formatting command fires.

    Slack's rule: `&`, `<` and `>` are written as entities (docs.slack.dev, "Formatting message
    text").
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What `escape` made, as it was."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shorten(text: str, most: int) -> str:
    """The text, cut to at most that many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
