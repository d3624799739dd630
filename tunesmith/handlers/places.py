"""Where messages go, and who reads them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or a thread in it; `user` is who asked, whose language is spoken."""

    channel: str
    thread: str | None
    user: str

    @property
    def lane(self) -> str:
        """The queue's lane of this channel: Slack takes about one message a second in each."""
        return f"slack:{self.channel}"
