"""`/tune corrections`: the channel's corrected answers, and training on them."""

from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import say
from tunesmith.handlers.correction.blocks import list_rows
from tunesmith.handlers.correction.weekly import ask_now
from tunesmith.handlers.job.commands.subcommand import Asked, page_buttons, run_button
from tunesmith.handlers.slack.blocks import actions, section
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage import corrections as stored

_PAGE = 5
_TRAIN = "train"


async def corrections(asked: Asked) -> Reply:
    """List what counts, newest first, a page at a time; or have the channel asked to train."""
    await asked.context.people.require_colleague(asked.ref.user)
    asked, number = asked.paged()
    if asked.rest == _TRAIN:
        return await _train(asked)
    text, skip = asked.text, (number - 1) * _PAGE
    async with asked.context.services.database.read() as connection:
        found = await stored.standing(connection, asked.team, asked.ref.channel)
        learnt = await stored.learnt(connection, [one.id for one in found])
    if not found:
        return plain_reply(text("correction.list_none"))
    words = text("correction.list_title", count=len(found), waiting=len(found) - len(learnt))
    found.reverse()
    rows = list_rows(text, found[skip : skip + _PAGE], learnt)
    turns = page_buttons(text, "corrections", number, more=len(found) > skip + _PAGE)
    waits = len(learnt) < len(found)
    button = run_button(text("correction.train_button"), f"corrections {_TRAIN}", name="_train")
    return words, [section(words), *rows, *turns, *([actions(button)] if waits else [])]


async def _train(asked: Asked) -> Reply:
    """Have the card posted here that the channel gets once a week."""
    person = await asked.context.people.person(asked.ref.user)
    require(asked.context.services.settings, person, Action.START)
    async with asked.context.services.database.write() as connection:
        if not await ask_now(connection, asked.team, asked.ref.channel, person.id):
            raise JobError(say("correction.none_left"))
    return plain_reply(asked.text("correction.asking"))
