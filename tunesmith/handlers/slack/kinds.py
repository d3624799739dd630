"""The kinds of tasks that handlers do; each is declared in the `tasks` of its folder."""

from tunesmith.bot.queue import Kinds, Payload
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.thread import ThreadRef

kinds = Kinds[Context]()


class InThread(Payload):
    """A task whose outcome is told in a thread; `user` is who asked for it."""

    channel: str
    thread: str | None
    user: str

    @property
    def ref(self) -> ThreadRef:
        """The thread."""
        return ThreadRef(self.channel, self.thread, self.user)


class OfDataset(Payload):
    """A task about one dataset."""

    dataset_id: str
