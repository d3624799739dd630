"""`trigger_id`s: what a person does lets the app open one modal, once, within three seconds."""

import secrets
import time

from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.records import Trigger
from tunesmith.local.workspace.workspace import Workspace

_FORGET_SECONDS = 600.0  # an expired trigger stays known, to be told from one never issued


def issue(ws: Workspace, user: str, view_id: str | None = None) -> str:
    """A new trigger for `user`; `view_id` names the modal it came from, which `push` needs."""
    now = time.time()
    trigger_id = f"{time.time_ns() // 1000}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
    with ws.state.store.transaction():
        ws.state.triggers.forget_while(lambda old: old.issued_at < now - _FORGET_SECONDS)
        trigger = Trigger(id=trigger_id, user=user, issued_at=now, view_id=view_id)
        ws.state.triggers.save(trigger_id, trigger)
    return trigger_id


def exchange(ws: Workspace, trigger_id: str | None) -> Trigger:
    """Use a trigger up. Raises SlackError where it is unknown, late or used."""
    trigger = ws.state.triggers.get(trigger_id or "")
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if time.time() - trigger.issued_at > ws.settings.trigger_seconds:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    ws.state.triggers.save(trigger.id, trigger)
    return trigger
