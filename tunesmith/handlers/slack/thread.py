"""Where messages go, and who they are for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """Where a person did something: a channel of the workspace that the bot is installed in.

    Slack tells both. What the person named, for example by a button, must belong there.
    """

    team: str
    channel: str


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """A thread of a channel, or the channel itself where `ts` is None; `user` is who asked."""

    channel: str
    ts: str | None
    user: str

    @property
    def attachments(self) -> str:
        """The queue's lane of what takes files in this thread: Slack takes them more slowly than
        messages, and nothing else of the channel waits for them.
        """
        return f"attach:{self.channel}:{self.ts}"

    @property
    def lane(self) -> str:
        """The queue's lane of short messages in this channel: Slack takes about one a second in
        each.
        """
        return f"slack:{self.channel}"
