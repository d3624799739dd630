"""Requests that never end, that are too large, or that are none."""

import asyncio
import logging

import pytest
from slack_bolt.async_app import AsyncApp

from tests.http.conftest import Bot
from tests.support.queues import until
from tunesmith.bot import listening
from tunesmith.bot.errors import ConfigurationError
from tunesmith.handlers.slack import http

pytestmark = pytest.mark.databases("sqlite")

_HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n"


async def _answer(bot: Bot, *pieces: bytes, every: float = 0, last: bytes = b"") -> bytes:
    """What comes back for the pieces, `last` being repeated until the bot closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    try:
        for piece in pieces:
            writer.write(piece)
        sending = asyncio.create_task(_repeat(writer, last, every)) if last else None
        answer = await reader.read()
        if sending:
            sending.cancel()
    except ConnectionError:
        return b""
    finally:
        writer.close()
    return answer


async def _repeat(writer: asyncio.StreamWriter, piece: bytes, every: float) -> None:
    while not writer.is_closing():
        writer.write(piece)
        await asyncio.sleep(every)


async def test_a_half_sent_request_is_closed_after_seconds_silent_or_byte_by_byte(bot: Bot) -> None:
    half = [
        b"",
        _HEAD,
        _HEAD + b"Content-Length: 1000000\r\n\r\n",
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    ]
    async with asyncio.timeout(8):
        await asyncio.gather(
            *(_answer(bot, one, last=last, every=0.05) for one in half for last in (b"", b"a"))
        )


async def test_a_body_that_is_too_large_is_refused_whatever_its_length_says(bot: Bot) -> None:
    length = f"Content-Length: {http.MOST_BYTES + 1}\r\n\r\n".encode()
    assert b" 413 " in await _answer(bot, _HEAD + length, *[b"x" * 0x10000] * 17)
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert b" 413 " in await _answer(bot, chunked, *[chunk] * 17, b"0\r\n\r\n")
    await _answer(bot, chunked, last=chunk, every=0.001)  # closed, though it never ends
    packed = {"Content-Encoding": "gzip"}
    assert (await bot.post(b"\x1f\x8b", packed))[0] == 401


_NO_REQUESTS = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GARBAGE\r\n\r\n",
    _HEAD + b"Content-Length: -1\r\n\r\n",
    _HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    _HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"POST /slack/events HTTP/1.1\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
    b"GET /slack/events HTTP/1.1\r\nHost: bot\r\n\r\n",
    b"POST /slack/../etc/passwd HTTP/1.1\r\nHost: bot\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: bot\r\n\r\n",
]


async def test_what_is_no_request_is_refused_without_a_traceback(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for one in _NO_REQUESTS:
        assert (await _answer(bot, one)).split(b" ")[1][:1] == b"4", one[:60]
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_port_that_is_taken_is_told_in_a_sentence(bot: Bot) -> None:
    again = http.serving(
        AsyncApp(token="xoxb-local"), signing_secret="s", host="127.0.0.1", port=bot.port
    )
    with pytest.raises(
        ConfigurationError, match=rf"on 127.0.0.1, port {bot.port}: .*in use.*TUNESMITH_HTTP_PORT"
    ):
        async with again:
            pass


def _open(connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> int:
    return sum(not reader.at_eof() for reader, _ in connections)


@pytest.mark.parametrize("read_seconds", [60.0])
async def test_idle_connections_are_bounded_and_keep_nobody_out(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 8)
    address = ("127.0.0.1", bot.port)
    one_by_one = [await asyncio.open_connection(*address) for _ in range(40)]
    assert (await bot.post(b"{}"))[0] == 404
    await until(lambda: _open(one_by_one) <= 8)
    assert not any(reader.at_eof() for reader, _ in one_by_one[-7:])
    # Not more than the kernel keeps for a server that has yet to accept them.
    at_once = await asyncio.gather(*(asyncio.open_connection(*address) for _ in range(60)))
    assert (await bot.post(b"{}"))[0] == 404
    everyone = [*one_by_one, *at_once]
    await until(lambda: _open(everyone) <= 8)
    for _, writer in everyone:
        writer.close()
