"""The events the app hears of, and their envelope. https://docs.slack.dev/reference/events"""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.manifest import Manifest
from tunesmith.local.workspace.records import Channel, Json


def subscription(event: Json) -> str:
    """The name a manifest subscribes to this event by, for example `message.channels`."""
    if event["type"] != "message":
        return str(event["type"])
    kinds = {"im": "message.im", "group": "message.groups"}
    return kinds.get(event["channel_type"], "message.channels")


def wants(manifest: Manifest, event: Json) -> bool:
    """Whether the app subscribes to this event."""
    return subscription(event) in manifest.events


def channel_type(channel: Channel) -> str:
    """The `channel_type` of message events."""
    if channel.is_im:
        return "im"
    return "group" if channel.is_private else "channel"


def envelope(event: Json, event_id: str, event_time: int) -> Json:
    """The `event_callback` body around an event."""
    return {
        "token": people.VERIFICATION_TOKEN,
        "team_id": people.TEAM_ID,
        "context_team_id": people.TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": people.APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": people.TEAM_ID,
                "user_id": people.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }
