"""What a message of the bot is, whatever language it speaks: by its key, its files, its buttons."""

import re
import tomllib
from functools import cache
from typing import Any, cast

from tests.chaos.colleague import Message, blocks, buttons
from tests.support.world import ROOT, key, words

_MESSAGES = ROOT / "tunesmith" / "bot" / "messages"
_NAME = re.compile(r"[a-z]+-j[a-z0-9.-]*?\.(?:jsonl|json|csv|sql)")
_FILES = (
    (re.compile(r"^tokens-[0-9a-f]+\.png$"), "histogram"),
    (re.compile(r"^tables-[0-9a-f]+\.png$"), "tables"),
)
_FINDINGS = re.compile(r"^(.+)-[0-9a-f]{6}\.findings\.(csv|json)$")
_WRITTEN = re.compile(r"^(.+)-[0-9a-f]{6}\.jsonl$")
# What is said where something could not be done. In these journeys, everything can be.
_APOLOGIES = {
    "answer": ["broke_off", "failed", "nothing", "no_model"],
    "common": ["upload_refused", "nothing_happened", "our_fault", "broke_off_each_time"],
    "dataset": [
        "file_unreadable",
        "file_failed",
        "fix_failed",
        "fix_nothing",
        "convert_failed",
        "split_failed",
    ],
    "job": [
        "ended_failed",
        "ended_plain_failed",
        "ended_cancelled_elsewhere",
        "told_failed",
        "told_cancelled",
        "notice_failed",
    ],
}


def label(message: Message) -> str | None:
    """What a message of the bot is; None for a person's. A file is told by its title's stem."""
    if "bot_id" not in message:
        return None
    if sent := message.get("files"):
        return " + ".join(_file(str(file["name"]), str(file["title"])) for file in sent)
    kind = key(message).partition(":")[0]
    if kind != "report":
        return kind or "answer"  # a streamed one gets its key when it is stopped
    if message["blocks"][0]["type"] == "context":
        return "progress of a check"
    found = _NAME.search(str(message["text"]))
    return report_label(found[0] if found else "?", buttons(message))


def report_label(name: str, has: tuple[str, ...]) -> str:
    """The label of a report on the file `name`, which has these buttons."""
    return f"report {name} {'+'.join(has)}".rstrip() + " "


def _file(name: str, title: str) -> str:
    for pattern, what in _FILES:
        if pattern.match(name):
            return what
    if found := _FINDINGS.match(name):
        about = _NAME.search(title)
        return f"{about[0] if about else found[1]} findings.{found[2]}"
    if found := _WRITTEN.match(name):
        return f"file {found[1]}.jsonl"
    return f"file {name}"


def is_result(message: Message) -> bool:
    """Whether it is the card of a job that has ended."""
    return label(message) == "progress" and message["blocks"][0]["block_id"] == "job_result"


def is_answer(message: Message, whole: str) -> bool:
    """Whether a message has ended and holds the whole answer, once."""
    said = str(message.get("text", ""))
    return (
        label(message) == "answer"
        and not message.get("streaming")
        and words(message).count(whole) >= 1
        and said.count(whole.split(maxsplit=1)[0]) <= 1
    )


@cache
def apologies() -> list[tuple[str, re.Pattern[str]]]:
    """The words of each apology, in each language, by its key."""
    found: list[tuple[str, re.Pattern[str]]] = []
    for language in ("en", "ko", "zh"):
        for topic, names in _APOLOGIES.items():
            said = tomllib.loads((_MESSAGES / language / f"{topic}.toml").read_text())
            for name in names:
                parts = re.split(r"\{[^}]*\}", said[name])
                pattern = r"[\s\S]*?".join(re.escape(part) for part in parts)
                found.append((f"{topic}.{name}", re.compile(pattern)))
    return found


def apology(message: Message) -> str | None:
    """Which words of the bot tell in this message that something could not be done."""
    said = [str(message.get("text", ""))]
    for block in blocks(message):
        text: Any = block.get("text", "")
        said.append(str(cast("dict[str, Any]", text)["text"] if isinstance(text, dict) else text))
    for name, pattern in apologies():
        if any(pattern.search(text) for text in said):
            return name
    return None
