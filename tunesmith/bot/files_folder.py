"""The folder of training files: one for all replicas of a database.

A file in it holds the token that the database knows, and moves along where the folder is moved or
restored from a backup. A replica with a folder of its own would find none of the others' files.
"""

import asyncio
import os
import uuid
from pathlib import Path

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.storage import file_stores
from tunesmith.storage.database import Database

MARK = ".token"


async def check(database: Database, folder: Path, *, new: bool = False) -> None:
    """Make sure that this is the database's folder; the first one that is used becomes it.

    With `new`, this one becomes it in any case. Raises ConfigurationError where it is another one
    or cannot be written.
    """
    async with database.write(wake=False) as connection:
        await file_stores.lock(connection)
        expected = await file_stores.token(connection)
        try:
            found = await asyncio.to_thread(_token, folder, may_write=new or expected is None)
        except OSError as error:
            said = say("database.folder_unusable", folder=str(folder), said=str(error.strerror))
            raise ConfigurationError(said) from error
        if found == expected:
            return
        if expected is not None and not new:
            raise ConfigurationError(say("database.other_folder", folder=str(folder)))
        await file_stores.set_token(connection, found)


def _token(folder: Path, *, may_write: bool) -> str:
    """What the folder's token file holds; where there is none, a new one, or an empty string."""
    path = folder / MARK
    if path.exists() or not may_write:
        return path.read_text(encoding="ascii").strip() if path.exists() else ""
    folder.mkdir(parents=True, exist_ok=True)
    token = uuid.uuid4().hex
    with path.open("x", encoding="ascii") as file:
        file.write(token)
        file.flush()
        os.fsync(file.fileno())
    return token
