"""Nothing of a body is used before its signature holds, and an answer goes to Slack only."""

import asyncio
import itertools
import json
import logging
import time
from urllib.parse import urlencode

import pytest

from tests.http.conftest import FORM, Bot, signature
from tests.support.elsewhere import Elsewhere
from tunesmith.handlers.slack.addresses import is_slacks

pytestmark = pytest.mark.databases("sqlite")

_CHALLENGE = b'{"type": "url_verification", "challenge": "abc"}'


def _pressed(response_url: str) -> bytes:
    payload = {
        "type": "block_actions",
        "team": {"id": "T0LOCAL"},
        "user": {"id": "U0ALICE"},
        "channel": {"id": "C0TUNING"},
        "trigger_id": "1.2",
        "actions": [{"action_id": "convert_file", "block_id": "b", "value": "x"}],
        "response_url": response_url,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def _submitted(response_url: str) -> bytes:
    payload = {
        "type": "view_submission",
        "team": {"id": "T0LOCAL"},
        "user": {"id": "U0ALICE"},
        "view": {"id": "V1", "callback_id": "start_form", "type": "modal"},
        "response_urls": [{"response_url": response_url}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


_STAMPS = [
    "",
    "soon",
    "-1",
    "+1",
    "0",
    "1e9",
    " ",
    "1_000",
    "9" * 12,
    "9" * 400,
    "9" * 5_000,
    "１７６３７６８０００",
    "\u0661",
    "\udcff",
    "0x10",
    "nan",
]


async def test_an_odd_timestamp_is_refused_and_nothing_of_the_body_is_used(
    bot: Bot, elsewhere: Elsewhere
) -> None:
    for stamp, signed in itertools.product(_STAMPS, ("", "v0=", f"v0={'0' * 64}", "é")):
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
        answer = await bot.post(_pressed(elsewhere.url), headers, kind=FORM)
        assert answer == (401, "401: Unauthorized")
    assert not bot.calls()
    assert not elsewhere.connections


async def test_a_signature_holds_for_its_body_its_secret_and_five_minutes(bot: Bot) -> None:
    async def status(body: bytes, stamp: int, signed: str) -> int:
        headers = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": signed}
        return (await bot.post(body, headers))[0]

    now = int(time.time())
    good = signature(_CHALLENGE, str(now))
    assert await status(_CHALLENGE, now, good) == 200
    assert await status(_CHALLENGE + b" ", now, good) == 401
    assert await status(_CHALLENGE, now + 1, good) == 401
    assert await status(_CHALLENGE, now, good.upper()) == 401
    assert await status(_CHALLENGE, now, good[3:]) == 401
    assert await status(_CHALLENGE, now, signature(_CHALLENGE, str(now), "another")) == 401
    for stamp, expected in ((now - 290, 200), (now - 310, 401), (now + 290, 200), (now + 310, 401)):
        assert await status(_CHALLENGE, stamp, signature(_CHALLENGE, str(stamp))) == expected


async def test_checks_of_the_address_and_of_tls_are_answered_only_where_signed(bot: Bot) -> None:
    assert await bot.post(_CHALLENGE) == (200, '{"challenge": "abc"}')
    assert await bot.post(b"ssl_check=1&token=x", kind=FORM) == (200, "")
    for body in (_CHALLENGE, b"ssl_check=1&token=x"):
        assert (await bot.post(body, {}))[0] == 401


async def test_a_flood_of_unsigned_requests_is_one_line_of_the_log_and_no_call_of_slack(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    body = _pressed("https://hooks.slack.com/x")
    answers = await asyncio.gather(*(bot.post(body, {}, kind=FORM) for _ in range(200)))
    assert {status for status, _ in answers} == {401}
    assert [record.message for record in caplog.records] == [
        "1 requests without a valid signature were refused"
    ]
    assert not bot.calls()


async def test_a_response_url_elsewhere_is_refused_though_it_is_signed(
    bot: Bot, elsewhere: Elsewhere
) -> None:
    slacks = f"{bot.workspace.base_url}/response/1"
    for body in (_pressed, _submitted):
        assert (await bot.post(body(elsewhere.url), kind=FORM))[0] == 400
        assert (await bot.post(body(slacks), kind=FORM))[0] == 200
    assert not elsewhere.connections


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("http://127.0.0.1:3000/response/1", True),
        ("http://hooks.slack.com/actions/T1/2/3", False),
        ("https://hooks.slack.com.example.com/", False),
        ("https://hooks.slack.com@example.com/", False),
        ("https://hooks.slack.com:8443/", False),
        ("https://example.com/https://hooks.slack.com/", False),
        ("https://example.com\\@hooks.slack.com/", False),
        ("https://example.com\t.hooks.slack.com/", False),
        ("https://hooks.sl\nack.com/", False),
        ("http://127.0.0.1:3001/", False),
        ("http://127.0.0.1/", False),
        ("https://127.0.0.1:3000/", False),
        ("//hooks.slack.com/", False),
        ("https://[hooks.slack.com/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_slacks_hosts_and_the_workspace_itself_are_slacks(url: str, expected: bool) -> None:
    hosts = frozenset({"hooks.slack.com"})
    assert is_slacks(url, "http://127.0.0.1:3000/api/", hosts) == expected
