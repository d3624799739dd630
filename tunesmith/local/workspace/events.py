"""The events the app hears of, and their envelope. https://docs.slack.dev/reference/events"""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.manifest import Manifest
from tunesmith.local.workspace.records import Channel, Json

_FILE_STUB: Json = {
    "mode": "file_access",
    "file_access": "check_file_info",
    "created": 0,
    "timestamp": 0,
    "user": "",
}


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


def pushed(channel: Channel, message: Json) -> Json:
    """A message as events and payloads tell it: in a channel shared with other organisations, files
    come as no more than their ids (https://docs.slack.dev/reference/events/message/file_share).
    """
    if not channel.connected_teams or "files" not in message:
        return message
    return message | {"files": [_FILE_STUB | {"id": file["id"]} for file in message["files"]]}


def channel_of(event: Json) -> str:
    """The id of the channel an event is about; empty where there is none."""
    item: Json = event.get("item", {})
    return event.get("channel") or event.get("channel_id") or item.get("channel") or ""


def envelope(event: Json, event_id: str, event_time: int, *, is_ext_shared: bool) -> Json:
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
        "is_ext_shared_channel": is_ext_shared,
        "event_context": f"4-{event_id}",
    }
