"""A sample to try: a small training file, sent to one person and checked as if they had attached
it.

Task kind: `sample`.
"""

import asyncio
import hashlib
import shutil

from tunesmith.bot.assets import asset
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.check import AttachedFile, check_file, check_lane
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload

_FILE = asset("docs/examples/barista.jsonl")


class Sample(InThread):
    """Somebody wants to try."""

    team: str


@kinds.task("sample", Sample, place=Place.TELL)
async def give_sample(context: Context, work: Work[Sample]) -> None:
    """Begin a thread in the direct messages with the sample in it, and have it checked."""
    asked = work.payload
    text = await context.text(asked.user)
    words = text("home.sample_root")
    root = await context.outbox.post(work, work.task.key, asked.ref, words, [section(words)])
    thread = ThreadRef(asked.channel, root, asked.user)
    content = await asyncio.to_thread(_FILE.read_bytes)
    sha256 = hashlib.sha256(content).hexdigest()
    kept = context.services.settings.files / sha256
    await asyncio.to_thread(kept.parent.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread(shutil.copyfile, _FILE, kept)
    name = _FILE.name
    file_id = await upload(context, work, thread, name=name, content=content, title=name)
    attached = AttachedFile(
        channel=asked.channel,
        thread=root,
        user=asked.user,
        source=work.task.key,
        team=asked.team,
        file=file_id or "",
        name=name,
        sha256=sha256,
    )
    async with work.finish() as connection:
        await check_file.add(connection, attached, of=work.task.key, lane=check_lane(thread))
