"""Submitting and closing modals: `view_submission` and `view_closed`.

https://docs.slack.dev/surfaces/modals
"""

from typing import Any

from tunesmith.local.workspace import inputs, views
from tunesmith.local.workspace.errors import ControlError, SlackError
from tunesmith.local.workspace.interactions import payloads, response_urls, triggers
from tunesmith.local.workspace.records import Json, View, is_object
from tunesmith.local.workspace.validate.forms import form_errors
from tunesmith.local.workspace.validate.views import checked_view
from tunesmith.local.workspace.workspace import Workspace


async def submit(ws: Workspace, view: View, given: Json) -> Json:
    """Fill in and submit the topmost modal; returns `{response_action, errors}`.

    Raises ControlError `dispatch_failed`, `operation_timeout` or `invalid_response`.
    """
    if views.stack(ws, view.user)[-1].id != view.id:
        raise ControlError("not_topmost", "another modal lies on top of this one")
    _fill(view, given)
    ws.state.views.save(view.id, view)
    errors = form_errors(view.body["blocks"], views.values(ws, view))
    if errors:
        return {"response_action": "errors", "errors": errors}
    reply = await ws.transport.send("interactive", _submission(ws, view))
    if reply.failure:
        raise ControlError(reply.failure, f"the app did not take the form: {reply.failure}")
    try:
        return _follow(ws, view, reply.payload)
    except SlackError as refused:
        raise ControlError("invalid_response", f"the app answered with {refused.code}") from None


def close(ws: Workspace, view: View) -> None:
    """Close the topmost modal, or the whole stack where it says `clear_on_close`."""
    stack = views.stack(ws, view.user)
    if stack[-1].id != view.id:
        raise ControlError("not_topmost", "another modal lies on top of this one")
    clears = bool(view.body.get("clear_on_close"))
    closing = stack[::-1] if clears else [view]
    views.close(ws, closing)
    views.show(ws, view.user)
    for one in closing:
        if one.body.get("notify_on_close"):
            payload = payloads.base(ws, "view_closed", one.user)
            payload |= {"view": views.with_state(ws, one), "is_cleared": clears}
            ws.tasks.start(ws.transport.send("interactive", payload))


def _fill(view: View, given: Json) -> None:
    """Note what the person gave: by action_id, or `{block_id: {action_id: value}}`."""
    known = {name for pair in inputs.identities(view.body["blocks"]) for name in pair}
    unknown = set(given) - known
    if unknown:
        raise ControlError("unknown_input", f"the form has no {', '.join(sorted(unknown))}")
    for block, element in inputs.elements(view.body["blocks"]):
        block_id, action_id = block["block_id"], element["action_id"]
        in_block: Any = given.get(block_id)
        if is_object(in_block) and action_id in in_block:
            value = in_block[action_id]
        elif action_id in given:
            value = given[action_id]
        else:
            continue
        view.values.setdefault(block_id, {})[action_id] = inputs.chosen(element, value)


def _submission(ws: Workspace, view: View) -> Json:
    payload = payloads.base(ws, "view_submission", view.user)
    return payload | {
        "trigger_id": triggers.issue(ws, view.user, view.id),
        "view": views.with_state(ws, view),
        "response_urls": _response_urls(ws, view),
    }


def _response_urls(ws: Workspace, view: View) -> list[Json]:
    """One for each conversation picked in a select with `response_url_enabled`."""
    values = views.values(ws, view)
    out: list[Json] = []
    for block, element in inputs.elements(view.body["blocks"]):
        if not element.get("response_url_enabled"):
            continue
        key, _ = inputs.STATE_KEYS[element["type"]]
        channel = values[block["block_id"]][element["action_id"]].get(key)
        if channel:
            out.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": response_urls.issue(ws, view.user, channel),
                }
            )
    return out


def _follow(ws: Workspace, view: View, answer: Any) -> Json:
    """Do what the app's acknowledgement says with the stack."""
    answer = answer if is_object(answer) else {}
    action = answer.get("response_action")
    if ws.state.views.get(view.id) is None:
        return {"response_action": action, "errors": None}
    match action:
        case "errors":
            return {"response_action": action, "errors": _known_errors(view, answer)}
        case "update":
            views.replace(ws, view, checked_view(answer.get("view"), "modal"))
        case "push":
            if len(views.stack(ws, view.user)) >= views.MAX_STACK:
                raise SlackError("push_limit_reached")
            views.add(ws, view.user, checked_view(answer.get("view"), "modal"), below=view)
        case "clear":
            views.close(ws, views.stack(ws, view.user))
        case None:
            views.close(ws, [view])
        case _:
            raise SlackError("invalid_response_action")
    views.show(ws, view.user)
    return {"response_action": action, "errors": None}


def _known_errors(view: View, answer: Json) -> Json:
    errors = answer.get("errors")
    here = {block_id for block_id, _ in inputs.identities(view.body["blocks"])}
    if not is_object(errors) or not errors or not set(errors) <= here:
        raise SlackError("invalid_errors")
    return errors
