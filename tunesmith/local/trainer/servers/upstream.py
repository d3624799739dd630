"""Requests to a server in OpenAI's shape, and to vLLM's routes for adapters.

vLLM's: docs.vllm.ai/en/latest/features/lora.html; read in its source too (0.32:
vllm/entrypoints/serve/lora, vllm/entrypoints/openai/models/serving.py): loading answers 200, 400
where the name is loaded already, 404 where the folder has no adapter, 500 where the engine refuses
it; unloading answers 200, or 404 where there is none. Without VLLM_ALLOW_RUNTIME_LORA_UPDATING, and
on other servers, there are no such routes: 404 or 405 in their framework's own shape.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import orjson

_CONNECT_SECONDS = 10.0
_SILENT_SECONDS = 600.0
"""How long a server may say nothing in the middle of an answer."""
_MAX_LINE = 4 * 1024 * 1024


class ServerError(Exception):
    """The server cannot answer. The message is a sentence for the client."""


class NoAdaptersError(ServerError):
    """The server takes no adapters."""


class NoSuchAdapterError(ServerError):
    """The adapter's folder has gone."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server at `url`, which ends before `/chat/completions`."""

    session: aiohttp.ClientSession
    url: str
    key: str | None

    async def post(self, path: str, body: object) -> aiohttp.ClientResponse:
        """Send JSON; whoever reads the answer releases it. Raises ServerError."""
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        url = self.url.rstrip("/") + path
        try:
            return await self.session.post(url, data=orjson.dumps(body), headers=headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServerError("The server that has this model cannot be reached.") from error

    async def load(self, name: str, folder: Path) -> None:
        """Let the server take an adapter into memory. Raises ServerError."""
        body = {"lora_name": name, "lora_path": str(folder)}
        status, said = await self._ask("/load_lora_adapter", body)
        if status == 200 or (status == 400 and "already been loaded" in said.get("message", "")):
            return
        if status in (404, 405) and not said:
            raise NoAdaptersError(
                "The server that has this model's base takes no adapters. It can be vLLM, started"
                " with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=1."
            )
        if status == 404:
            raise NoSuchAdapterError("The model's weights are gone.")
        raise ServerError("The server that has this model's base could not load the adapter.")

    async def unload(self, name: str) -> None:
        """Let the server forget an adapter; one that it does not have is forgotten already."""
        await self._ask("/unload_lora_adapter", {"lora_name": name})

    async def _ask(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        async with await self.post(path, body) as response:
            return response.status, told_error(await response.read())


def new_session() -> aiohttp.ClientSession:
    """A session for answers that take their time.

    No connection is used twice: one that a server has closed meanwhile would look like its end.
    """
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENT_SECONDS
    )
    return aiohttp.ClientSession(timeout=timeout, connector=connector, read_bufsize=_MAX_LINE)


def told_error(body: bytes) -> dict[str, Any]:
    """The error in an answer in OpenAI's shape; nothing where it has another one."""
    try:
        said: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    found: Any = cast("dict[str, Any]", said).get("error") if isinstance(said, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
