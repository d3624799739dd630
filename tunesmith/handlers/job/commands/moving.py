"""`/tune move`: the button that takes a tuned model to another provider."""

from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.handlers.job.blocks import MOVE
from tunesmith.handlers.job.commands.subcommand import Asked, choose
from tunesmith.handlers.slack.blocks import actions, button, section
from tunesmith.handlers.slack.replies import Reply
from tunesmith.storage.jobs import Job


async def move(asked: Asked) -> Reply:
    """Offer to move a model; the form that the button opens shows what that means. Raises
    NotAllowedError where the asker may not move it.
    """
    job = await choose(asked, "move", _has_model, "move.no_model")
    if not isinstance(job, Job):
        return job
    person = await asked.context.people.person(asked.ref.user)
    require(asked.context.services.settings, person, Action.MOVE, job.created_by)
    words = asked.text("move.press", model=job.fine_tuned_model or job.id)
    press = button(asked.text.plain("move.button"), MOVE, job.id, style="primary")
    return words, [section(words), actions(press)]


def _has_model(job: Job) -> bool:
    return job.fine_tuned_model is not None and job.deleted_at is None
