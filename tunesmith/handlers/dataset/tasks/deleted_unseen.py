"""Files that were deleted in Slack while nobody heard it.

Task kind: `dataset.unseen` (asks for a few of the files that something is kept of, and writes the
task for the next few). No history tells a deletion: Slack says of each file whether it is there.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.errors import SlackError
from tunesmith.bot.queue import FOREVER, Payload, Place, Work
from tunesmith.handlers.dataset.tasks.deleted import Gone, file_gone
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.storage import slack_files

_AT_ONCE = 3
# `files.info` has another code for a file that the bot may not see (docs.slack.dev, "files.info").
_DELETED = "file_deleted"


class KeptFiles(Payload):
    """A team's files from the one behind the id `after` on."""

    team: str
    after: str = ""


async def note_missed(connection: AsyncConnection, team: str) -> None:
    """Have all files asked for; where an earlier round is not through, it goes on."""
    await look_for_deleted.add_again(connection, KeptFiles(team=team), of=team)


@kinds.task("dataset.unseen", KeptFiles, place=Place.FOLLOW, patience=FOREVER)
async def look_for_deleted(context: Context, work: Work[KeptFiles]) -> None:
    """Delete what was made of files that are deleted."""
    team = work.payload.team
    async with context.services.database.read() as connection:
        files = await slack_files.kept(connection, team, work.payload.after, _AT_ONCE)
    gone = [file for file in files if await _is_deleted(context, file)]
    async with work.finish() as connection:
        for file in gone:
            await file_gone.add(connection, Gone(team=team, file=file), of=f"{team}:{file}")
        if len(files) == _AT_ONCE:
            following = KeptFiles(team=team, after=files[-1])
            await look_for_deleted.add_again(connection, following, of=f"{team}:{files[-1]}")


async def _is_deleted(context: Context, file: str) -> bool:
    try:
        await context.outbox.call("files.info", http="GET", background=True, file=file)
    except SlackError as error:
        return error.code == _DELETED
    return False
