"""Buttons, selects and other elements: `block_actions`.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from dataclasses import dataclass
from typing import Any

from tunesmith.local.workspace import events, inputs, views
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.interactions import payloads, response_urls, triggers
from tunesmith.local.workspace.records import Channel, Json, Message, View
from tunesmith.local.workspace.render import render_message
from tunesmith.local.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person pressed or picked: the element by its ids, and the value they gave it."""

    action_id: str
    block_id: str | None = None
    value: Any = None


async def act_on_message(
    ws: Workspace, user: str, channel: Channel, message: Message, choice: Choice
) -> None:
    """Use an element of a message. Raises ControlError."""
    block, element = _locate(message.all_blocks, choice)
    state = ws.selections.setdefault((user, channel.id, message.ts), {})
    action = _action(ws, block, element, choice, state)
    if not _tells(block):
        return
    payload = payloads.base(ws, "block_actions", user)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload |= {
        "container": container,
        "trigger_id": triggers.issue(ws, user),
        "channel": payloads.channel_ref(channel),
        "message": events.pushed(channel, render_message(ws, message)),
        "state": {"values": inputs.state_values(message.all_blocks, state)},
        "response_url": response_urls.issue(ws, user, channel.id, message),
        "actions": [action],
    }
    await _send(ws, payload)


async def act_in_view(ws: Workspace, user: str, view: View, choice: Choice) -> None:
    """Use an element of a modal or the Home tab. Raises ControlError."""
    block, element = _locate(view.body["blocks"], choice)
    action = _action(ws, block, element, choice, view.values)
    ws.state.views.save(view.id, view)
    views.show(ws, user) if view.type == "modal" else views.show_home(ws, view)
    if not _tells(block):
        return
    payload = payloads.base(ws, "block_actions", user)
    in_stack = view.id if view.type == "modal" else None
    rendered = views.with_state(ws, view)
    payload |= {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": triggers.issue(ws, user, in_stack),
        "view": rendered,
        "state": rendered["state"],
        "actions": [action],
    }
    await _send(ws, payload)


def _tells(block: Json) -> bool:
    """Whether the app hears of it: inputs only do so with `dispatch_action`."""
    return block["type"] != "input" or bool(block.get("dispatch_action"))


async def _send(ws: Workspace, payload: Json) -> None:
    reply = await ws.transport.send("interactive", payload)
    if reply.failure:
        raise ControlError(reply.failure, f"the app did not react: {reply.failure}")


def _locate(blocks: list[Json], choice: Choice) -> tuple[Json, Json]:
    found = [
        (block, element)
        for block, element in inputs.elements(blocks)
        if element["action_id"] == choice.action_id and choice.block_id in (None, block["block_id"])
    ]
    if not found:
        raise ControlError("action_not_found", f"there is no {choice.action_id} here", 404)
    if len(found) > 1:
        raise ControlError("ambiguous_action", f"name the block_id of {choice.action_id}")
    return found[0]


def _action(ws: Workspace, block: Json, element: Json, choice: Choice, state: Json) -> Json:
    """The action as the payload tells it; a value that stays is noted in `state`."""
    kind = element["type"]
    ts = ws.state.next_ts()
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if kind in inputs.PRESSED:
        return action | _pressed(element, choice.value)
    if kind not in inputs.STATE_KEYS:
        raise ControlError("invalid_action", f"a {kind} cannot be used")
    chosen = inputs.chosen(element, choice.value)
    state.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return (
        action
        | chosen
        | ({"placeholder": element["placeholder"]} if "placeholder" in element else {})
    )


def _pressed(element: Json, value: Any) -> Json:
    if element["type"] == "overflow":
        return {"selected_option": inputs.find_option(element, value)}
    if element["type"] == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            if element.get(name, {}).get("value") == value:
                return {"text": element[name]["text"], "value": value}
        raise ControlError("invalid_value", f"{element['action_id']} has no button {value!r}")
    return {key: element[key] for key in ("text", "value", "style", "url") if key in element}
