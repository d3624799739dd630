"""Writing a file that is either complete or not there."""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say


def refuse_to_overwrite(out: Path, *, force: bool) -> None:
    """Raise DatasetError where there is a file already, unless it is to be overwritten."""
    if out.exists() and not force:
        raise DatasetError(say("reading.file_exists", name=out.name))


@contextmanager
def unfinished(out: Path) -> Generator[IO[bytes]]:
    """A file beside `out` that takes its name once it is complete, and is gone after an error."""
    draft = out.with_name(f".{out.name}.{uuid.uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
