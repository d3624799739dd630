"""The bot over HTTP, where Slack sends its requests to an address."""

import time
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.support.slice import final_of, report_of, small_file, start
from tests.support.world import free_port, open_world

pytestmark = pytest.mark.acceptance


async def test_the_main_job_works_over_http_with_signed_requests(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events"
    async with open_world(tmp_path, bot=False, request_url=url) as world:
        world.bot_settings |= {
            "TUNESMITH_HTTP_PORT": str(port),
            "TUNESMITH_SLACK__SIGNING_SECRET": "local-signing-secret",
        }
        await world.start_bot()
        alice = world.person()
        thread = await alice.attach([small_file(tmp_path)], "")
        await start(alice, await report_of(alice, thread), epochs="1")
        assert "is ready" in (await final_of(alice, thread))["text"]
        challenge = b'{"type": "url_verification", "challenge": "abc"}'
        signed = SignatureVerifier("local-signing-secret")
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signed.generate_signature(timestamp=now, body=challenge) or "",
        }
        async with world.session.post(url, data=challenge, headers=headers) as response:
            assert await response.json() == {"challenge": "abc"}
        forged = {"type": "event_callback", "event": {"type": "app_mention"}}
        async with world.session.post(url, json=forged) as response:
            assert response.status == 401
        kept = [tmp_path / "bot", *(tmp_path / "bot").rglob("*")]
        assert len(kept) > 4
        assert not [path for path in kept if path.stat().st_mode & 0o077]
