"""Signed bodies of odd shapes end in an answer below 500 and without a traceback."""

import copy
import json
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.http.conftest import FORM, Bot

pytestmark = pytest.mark.databases("sqlite")

_MESSAGE = {
    "type": "message",
    "subtype": "file_share",
    "channel": "C0TUNING",
    "channel_type": "channel",
    "ts": "1.0",
    "user": "U0ALICE",
    "text": "<!channel> look",
    "files": [{"id": "F1", "name": "<!channel> ../a\u202e.jsonl", "size": 1}],
}
_PERSON: dict[str, Any] = {
    "team": {"id": "T0LOCAL"},
    "user": {"id": "U0ALICE"},
    "channel": {"id": "C0TUNING"},
    "trigger_id": "1.2",
}
_VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "start_form",
    "private_metadata": '{"dataset_id": "a", "channel": "C0TUNING"}',
    "blocks": [{"type": "input", "block_id": "model"}],
    "state": {"values": {"model": {"model": {"selected_option": {"value": "local/x"}}}}},
}
_ACTION = {"action_id": "start_job", "block_id": "b", "value": "a"}
_EVENT = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0LOCAL"}
_BODIES: list[dict[str, Any]] = [
    {**_EVENT, "event": _MESSAGE},
    {**_EVENT, "event": {**_MESSAGE, "type": "app_mention", "subtype": None, "files": []}},
    {**_EVENT, "event": {"type": "app_home_opened", "user": "U0ALICE", "tab": "home"}},
    {"type": "block_actions", **_PERSON, "container": {"message_ts": "1.0"}, "actions": [_ACTION]},
    {"type": "message_action", **_PERSON, "callback_id": "inspect_message", "message": _MESSAGE},
    {"type": "view_submission", **_PERSON, "view": _VIEW},
]
_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.sampled_from(["", "\0", "\ud800", "../x", "<!channel>", "{", "x" * 5_000, "１"]),
    st.sampled_from(list[Any]([[], {}, [[]], [None], {"id": None}, {"": {"": []}}])),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a body."""
    items: dict[Any, Any] = {}
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value)
    elif isinstance(value, list):
        items = dict(enumerate(cast("list[Any]", value)))
    found = [path] if path else []
    for key, inner in items.items():
        found += _paths(inner, (*path, key))
    return found


@st.composite
def _odd_bodies(draw: st.DrawFn) -> dict[str, Any]:
    body = copy.deepcopy(draw(st.sampled_from(_BODIES)))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(_paths(body)))
        place: Any = body
        for key in path[:-1]:
            place = place[key]
        if draw(st.booleans()):
            place[path[-1]] = copy.deepcopy(draw(_ODD))
        else:
            del place[path[-1]]
        if not _paths(body):
            break
    return body


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=_odd_bodies())
async def test_no_signed_body_ends_in_an_error_of_ours(
    bot: Bot, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    caplog.clear()
    if body.get("type") == "event_callback":
        status, _ = await bot.post(json.dumps(body).encode())
    else:
        status, _ = await bot.interact(body)
    assert status < 500
    assert not [record.getMessage() for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"[" * 100_000, b"1" * 5_000, b'{"a": ' + b"9" * 5_000],
)
async def test_what_is_no_json_object_is_answered_below_500(bot: Bot, body: bytes) -> None:
    assert (await bot.post(body))[0] in {400, 401, 404}
    for form in (urlencode({"payload": body}), "command=%2Ftune", "command=/tune&text=%00"):
        assert (await bot.post(form.encode(), kind=FORM))[0] in {400, 404}
