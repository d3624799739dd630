"""What Slack sends, as far as it is used (docs.slack.dev/reference). Unknown fields are passed
over, so that a field which Slack adds breaks nothing.
"""

from tunesmith.handlers.slack.payloads.envelopes import CommandBody, Envelope, EventBody, HomeEvent
from tunesmith.handlers.slack.payloads.interactions import (
    ActionBody,
    FormView,
    ShortcutBody,
    SubmissionBody,
)
from tunesmith.handlers.slack.payloads.messages import (
    MessageEvent,
    RemovalEvent,
    SlackFile,
    SlackMessage,
)
from tunesmith.handlers.slack.payloads.wire import UnreadableError, carried

__all__ = [
    "ActionBody",
    "CommandBody",
    "Envelope",
    "EventBody",
    "FormView",
    "HomeEvent",
    "MessageEvent",
    "RemovalEvent",
    "ShortcutBody",
    "SlackFile",
    "SlackMessage",
    "SubmissionBody",
    "UnreadableError",
    "carried",
]
