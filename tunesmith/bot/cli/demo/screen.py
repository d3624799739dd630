"""What the demo prints, in the language of the terminal's user."""

from rich.console import Console
from rich.markup import escape

from tunesmith.bot.cli.language import words
from tunesmith.bot.messages import Message, Value


class Screen:
    """The terminal of the demo."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.text = words().escaping(escape)

    def say(self, key: str, **values: Value) -> None:
        """Print the message of a key."""
        self.console.print(self.text(key, **values))

    def act(self, name: str, does: Message) -> None:
        """Print what a person does."""
        self.say("cli.tour.person", name=name, does=does)

    def reply(self, said: str | Message, seconds: float | None = None) -> None:
        """Print what the bot says, and how long that took."""
        if seconds is None:
            self.say("cli.tour.reply", said=said)
        else:
            self.say("cli.tour.reply_after", said=said, seconds=seconds)
