"""How the Web API takes calls: tokens, scopes, arguments, errors."""

import aiohttp
import orjson
import pytest

from tests.workspace.conftest import Client, refusal, web_client
from tunesmith.local.workspace.workspace import Workspace


async def raw(session: aiohttp.ClientSession, url: str, **how: object) -> tuple[int, object]:
    headers = {"Authorization": "Bearer xoxb-local"}
    async with session.post(url, headers=headers, **how) as response:  # pyright: ignore[reportArgumentType]
        return response.status, await response.json()


async def test_auth_test_names_team_bot_and_user(client: Client):
    answer = await client.auth_test()
    assert answer["user_id"] == "U0TUNESMITH"
    assert answer["bot_id"] == "B0TUNESMITH"
    assert answer["team_id"] == "T0LOCAL"


async def test_a_call_without_token_is_not_authed(ws: Workspace, session: aiohttp.ClientSession):
    async with session.post(f"{ws.base_url}/api/auth.test") as response:
        assert response.status == 200
        assert await response.json() == {"ok": False, "error": "not_authed"}


async def test_a_wrong_token_is_invalid_auth(ws: Workspace, session: aiohttp.ClientSession):
    wrong = web_client(ws.base_url, session, token="xoxb-other")
    assert (await refusal(wrong.auth_test()))["error"] == "invalid_auth"


async def test_bot_and_app_tokens_are_not_interchangeable(
    ws: Workspace, session: aiohttp.ClientSession, client: Client
):
    app_level = web_client(ws.base_url, session, token="xapp-local")
    assert (await refusal(app_level.auth_test()))["error"] == "not_allowed_token_type"
    opening = client.apps_connections_open(app_token="xoxb-local")
    assert (await refusal(opening))["error"] == "not_allowed_token_type"


async def test_an_unknown_method_is_named_as_such(client: Client):
    answer = await refusal(client.api_call("no.suchMethod"))
    assert answer["error"] == "unknown_method"


@pytest.mark.parametrize("how", ["json", "form", "query", "multipart"])
async def test_arguments_are_taken_from_wherever_a_client_puts_them(
    how: str, ws: Workspace, session: aiohttp.ClientSession
):
    args = {"channel": "C0TUNING", "text": "hello"}
    blocks = [{"type": "divider"}]
    packed = {**args, "blocks": orjson.dumps(blocks).decode()}
    form = aiohttp.FormData(packed, default_to_multipart=True)
    options: dict[str, dict[str, object]] = {
        "json": {"json": {**args, "blocks": blocks}},
        "form": {"data": packed},
        "query": {"params": packed},
        "multipart": {"data": form},
    }
    _, answer = await raw(session, f"{ws.base_url}/api/chat.postMessage", **options[how])
    assert isinstance(answer, dict)
    assert answer["message"]["text"] == "hello"
    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_a_token_may_come_as_form_field(ws: Workspace, session: aiohttp.ClientSession):
    async with session.post(
        f"{ws.base_url}/api/auth.test", data={"token": "xoxb-local"}
    ) as response:
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"{", "invalid_json"), (b"[]", "json_not_object")],
)
async def test_json_that_cannot_be_read_is_refused(
    body: bytes, error: str, ws: Workspace, session: aiohttp.ClientSession
):
    headers = {"Content-Type": "application/json"}
    async with session.post(f"{ws.base_url}/api/auth.test", data=body, headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["error"] == error


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ("blocks", "invalid_blocks_format"),
        ("attachments", "invalid_attachments"),
        ("metadata", "invalid_metadata_format"),
    ],
)
async def test_a_json_argument_that_is_no_json_is_refused_by_its_own_error(
    argument: str, error: str, ws: Workspace, session: aiohttp.ClientSession
):
    data = {"channel": "C0TUNING", "text": "x", argument: "{no json"}
    status, answer = await raw(session, f"{ws.base_url}/api/chat.postMessage", data=data)
    assert (status, answer) == (200, {"ok": False, "error": error})


async def test_a_missing_argument_is_named(client: Client):
    answer = await refusal(client.api_call("reactions.get", params={"channel": "C0TUNING"}))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: timestamp"]


async def test_booleans_and_numbers_may_be_strings(client: Client):
    answer = await client.api_call(
        "users.info", params={"user": "U0MINJI", "include_locale": "true"}
    )
    assert answer["user"]["locale"] == "ko-KR"
    assert len((await client.users_list(limit=2))["members"]) == 2
