"""The two ways a request to the local workspace can be refused."""

from typing import Any


class SlackError(Exception):
    """A Web API refusal, answered as HTTP 200 `{"ok": false, "error": code, ...}`.

    `details` are further members of the answer, for example `needed` and `provided` of
    `missing_scope`, or `response_metadata` with the messages of `invalid_blocks`.
    """

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @classmethod
    def with_messages(cls, code: str, messages: list[str]) -> "SlackError":
        """An error with Slack's explanations, each as `[ERROR] text [json-pointer:/path]`."""
        return cls(
            code,
            response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
        )


class ControlError(Exception):
    """A control API refusal, answered as `{"ok": false, "error": code, "message": text}`."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
