"""Every sentence that people read.

Code says a `Message`: a key and its named values, for example `say("job.not_found", id=job_id)`.
It stays one in errors, findings, tasks and stored rows, and becomes words where somebody reads
it: `text_for(locale)` gives a `Text`, which says messages in that locale's language.

The words stand in a folder for each language, a file for each topic: the key `job.not_found` is
`not_found` in `en/job.toml`. How they are written is described in `text.py`; adding a language
is adding its folder and its entry in `LANGUAGES`.
"""

from typing import TYPE_CHECKING, Any

from tunesmith.bot.messages.message import Message, Scalar, Value, say
from tunesmith.bot.messages.text import LANGUAGES, Rendered, Text, language_of, text_for

if TYPE_CHECKING:
    from tunesmith.bot.messages.stored import StoredMessage, from_stored, to_stored

__all__ = [
    "LANGUAGES",
    "Message",
    "Rendered",
    "Scalar",
    "StoredMessage",
    "Text",
    "Value",
    "from_stored",
    "language_of",
    "say",
    "text_for",
    "to_stored",
]


def __getattr__(name: str) -> Any:
    if name in ("StoredMessage", "from_stored", "to_stored"):
        from tunesmith.bot.messages import stored  # noqa: PLC0415 - pydantic is slow to load

        return getattr(stored, name)
    raise AttributeError(name)
