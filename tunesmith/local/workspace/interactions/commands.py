"""Slash commands, https://docs.slack.dev/interactivity/implementing-slash-commands."""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.errors import ControlError, SlackError
from tunesmith.local.workspace.interactions import payloads, response_urls, triggers
from tunesmith.local.workspace.people_text import escape
from tunesmith.local.workspace.records import Channel, Json, is_object
from tunesmith.local.workspace.workspace import Workspace


async def run_command(ws: Workspace, user: str, channel: Channel, typed: str) -> Json | None:
    """Send what a person typed, for example `/tune start`; returns what the app acknowledged with.

    The acknowledgement is posted, to the person or to the channel as it says. Raises ControlError
    `unknown_command`, `dispatch_failed`, `operation_timeout` or `invalid_response`.
    """
    name, _, text = typed.strip().partition(" ")
    known = {command.command for command in ws.manifest.features.slash_commands}
    if name not in known or ws.state.users[user].team != people.TEAM_ID:
        raise ControlError("unknown_command", f"{name} is not a valid command")
    response_url = response_urls.issue(ws, user, channel.id)
    payload: Json = {
        "token": people.VERIFICATION_TOKEN,
        "team_id": people.TEAM_ID,
        "team_domain": people.DOMAINS[people.TEAM_ID],
        "channel_id": channel.id,
        "channel_name": payloads.channel_name(channel),
        "user_id": user,
        "user_name": ws.state.users[user].name,
        "command": name,
        "text": escape(text.strip()),
        "api_app_id": people.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": triggers.issue(ws, user),
    }
    reply = await ws.transport.send("slash_commands", payload)
    if reply.failure:
        raise ControlError(reply.failure, f"{name} failed with the error “{reply.failure}”")
    return _post_answer(ws, response_url, reply.payload)


def _post_answer(ws: Workspace, response_url: str, answer: object) -> Json | None:
    if not is_object(answer) or not (answer.get("text") or answer.get("blocks")):
        return None
    url = ws.state.response_urls.get(response_url.rsplit("/", 1)[1])
    try:
        if url is not None:
            response_urls.respond(ws, url, response_urls.parse(answer))
    except SlackError as refused:
        raise ControlError("invalid_response", f"the app answered with {refused.code}") from None
    return answer
