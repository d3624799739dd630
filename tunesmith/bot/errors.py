"""The one tree of errors.

TunesmithError
├── UserError               somebody in the thread can act on it: the message goes to them
│   ├── DatasetError        a training file cannot be used
│   ├── SchemaError         a DDL file cannot be used
│   ├── JobError            a job cannot be started, cancelled or found
│   ├── BudgetError         the team's budget does not allow it
│   └── NotAllowedError     this person may not do it
├── ProviderError           the provider refused for good
│   └── ProviderBusyError        the provider cannot be reached or asks to wait: try again
├── SlackError              Slack refused for good
├── WorkerError             a call in a worker process broke off
├── DiskError               a file could not be written: try again
└── ConfigurationError      a setting is missing or wrong

Every error carries a `Message` for the person who reads it: what happened, what was kept, what to
do next. It never holds a token, a path or a traceback.
"""

from tunesmith.bot.messages import Message, say, text_for


class TunesmithError(Exception):
    """Something that Tunesmith itself raises. `message` is for people; `str` is its English."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        """The message in English, for logs."""
        return text_for("en")(self.message)


class UserError(TunesmithError):
    """Somebody in the thread can act on it; the message is shown to them."""


class DatasetError(UserError):
    """A training file cannot be used."""


class SchemaError(UserError):
    """A DDL file cannot be used."""


class JobError(UserError):
    """A job cannot be started, cancelled or found."""


class BudgetError(UserError):
    """The team's budget does not allow it."""


class NotAllowedError(UserError):
    """This person may not do it."""


class ProviderError(TunesmithError):
    """The provider refused for good.

    `code` is the provider's own error code where it sent one, for example `invalid_n_examples`, and
    `said` are its own words.
    """

    def __init__(
        self, message: Message, code: str | None = None, *, said: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.said = said


class ProviderBusyError(ProviderError):
    """The provider cannot be reached or asks to wait; the same call may succeed later.

    `retry_after` is in seconds, or None where the provider named no time.
    """

    def __init__(
        self,
        message: Message,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code)
        self.retry_after = retry_after


class SlackError(TunesmithError):
    """Slack refused for good; `code` is Slack's own, for example `channel_not_found`."""

    def __init__(self, code: str) -> None:
        super().__init__(say("common.slack_refused", code=code))
        self.code = code


class WorkerError(TunesmithError):
    """A call in a worker process did not come to its end; the same call may succeed later.

    `attempts` is how often it is worth trying in all: what a file did once, it mostly does again.
    """

    attempts = 3


class DiskError(TunesmithError):
    """A file could not be written; the same call may succeed once the disk takes it."""


class ConfigurationError(TunesmithError):
    """A setting is missing or wrong."""
