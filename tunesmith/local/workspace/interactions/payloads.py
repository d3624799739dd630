"""What every interaction payload has in common.

https://docs.slack.dev/reference/interaction-payloads
"""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.records import Channel, Json
from tunesmith.local.workspace.workspace import Workspace


def base(ws: Workspace, kind: str, user: str) -> Json:
    """Type, user, team and app. A modal of someone from another organisation names that as team;
    the view then tells where the app is installed.
    """
    person = ws.state.users[user]
    team_id = person.team if kind.startswith("view_") else people.TEAM_ID
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team,
        },
        "team": {"id": team_id, "domain": people.DOMAINS[team_id]},
        "api_app_id": people.APP_ID,
        "token": people.VERIFICATION_TOKEN,
        "is_enterprise_install": False,
        "enterprise": None,
    }


def channel_name(channel: Channel) -> str:
    """What payloads call a conversation: private ones by their kind."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def channel_ref(channel: Channel) -> Json:
    """The `channel` member."""
    return {"id": channel.id, "name": channel_name(channel)}
