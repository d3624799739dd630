"""Who reads a message, and which of its buttons are for them."""

from dataclasses import dataclass

from tunesmith.bot.errors import NotAllowedError
from tunesmith.bot.jobs.permissions import Action, Person, may, may_ask
from tunesmith.bot.settings import Settings
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage.jobs import Job


@dataclass(frozen=True, slots=True)
class Reader:
    """One person, with the settings that say what they may; without: everybody in a thread.

    It decides only what is offered, and everybody is offered all: whoever presses is checked again.
    """

    one: tuple[Settings, Person] | None = None

    def may(self, action: Action, job: Job) -> bool:
        """Whether they may do that to a job."""
        return self.one is None or may(*self.one, action, job.created_by)

    @property
    def may_ask(self) -> bool:
        """Whether they may ask models, and choose which one answers."""
        return self.one is None or may_ask(self.one[1])


EVERYBODY = Reader()


async def reader_of(context: Context, user: str) -> Reader:
    """The reader of what only this person sees; everybody where Slack does not tell who it is."""
    try:
        return Reader((context.services.settings, await context.people.person(user)))
    except NotAllowedError:
        return EVERYBODY


async def reader_in(context: Context, ref: ThreadRef) -> Reader:
    """The readers of a reply: everybody in a thread, or else who has asked."""
    return EVERYBODY if ref.ts is not None else await reader_of(context, ref.user)
