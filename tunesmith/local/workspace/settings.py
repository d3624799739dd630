"""How one workspace server is set up."""

from dataclasses import dataclass
from pathlib import Path

SIGNING_SECRET = "local-signing-secret"  # noqa: S105  documented; signs requests to loopback only


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`data` keeps the state (None: in memory); all times are in seconds and default to Slack's.

    `retry_delays` are the pauses before each further delivery of an event nobody acknowledged
    (https://docs.slack.dev/apis/events-api/#retries). `request_url` switches from Socket Mode to
    HTTP: everything is then POSTed there with a signature. `rate_limits` are Slack's.
    """

    data: Path | None = None
    manifest: Path | None = None
    request_url: str | None = None
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    stream_seconds: float = 300.0
    share_seconds: float = 0.3
    rate_limits: bool = False
