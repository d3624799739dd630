"""Global and message shortcuts, https://docs.slack.dev/interactivity/implementing-shortcuts."""

from tunesmith.local.workspace import events, people
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.interactions import payloads, response_urls, triggers
from tunesmith.local.workspace.records import Channel, Message
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.workspace import Workspace


async def run_shortcut(
    ws: Workspace, user: str, callback_id: str, channel: Channel | None, message: Message | None
) -> None:
    """Run a shortcut of the manifest; a message shortcut needs channel and message.

    Raises ControlError.
    """
    known = {shortcut.callback_id: shortcut for shortcut in ws.manifest.features.shortcuts}
    shortcut = known.get(callback_id)
    if shortcut is None or ws.state.users[user].team != people.TEAM_ID:
        raise ControlError("unknown_shortcut", f"the app has no shortcut {callback_id}", 404)
    kind = "shortcut" if shortcut.type == "global" else "message_action"
    payload = payloads.base(ws, kind, user) | {
        "callback_id": callback_id,
        "action_ts": ws.state.next_ts(),
        "trigger_id": triggers.issue(ws, user),
    }
    if shortcut.type == "message":
        if channel is None or message is None:
            raise ControlError("message_not_found", "a message shortcut needs a message")
        payload |= {
            "channel": payloads.channel_ref(channel),
            "message_ts": message.ts,
            "message": events.pushed(channel, render_message(ws, message)),
            "response_url": response_urls.issue(ws, user, channel.id, message),
        }
    reply = await ws.transport.send("interactive", payload)
    if reply.failure:
        raise ControlError(reply.failure, f"the app did not react: {reply.failure}")
