"""A server in vLLM's shape: one base model, adapters loaded while it runs, and faults on demand.

Statuses and messages are those of vLLM 0.32 (vllm/entrypoints/openai/models/serving.py and
vllm/entrypoints/serve/lora/api_router.py). Its models are those of the fake engine: they know by
heart what stands in `model.json` of their folder. As a program it takes vLLM's options.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

Fault = Literal[
    "load 500", "answer 500", "answer 401", "die in the middle", "error in the middle", "no mark"
]


def refused(status: int, message: str, kind: str) -> web.Response:
    """An error as vLLM writes it: its code is a number."""
    error = {"message": message, "type": kind, "param": None, "code": status}
    return web.json_response({"error": error}, status=status)


@dataclass
class VllmServer:
    """`adapters` are the folders of those in memory, `told` the bodies that came by their paths,
    `asking` the connections of those who asked for answers.

    The next requests that a fault is about meet those in `faults`. An answer waits until it
    `may_answer`.
    """

    base: str
    key: str
    url: str = ""
    takes_adapters: bool = True
    adapters: dict[str, str] = field(default_factory=dict[str, str])
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    asking: list[asyncio.Transport] = field(default_factory=list[asyncio.Transport])
    faults: list[Fault] = field(default_factory=list[Fault])
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """The server's routes."""
        app = web.Application(middlewares=[self._look])
        app.router.add_get("/health", self._health)
        if self.takes_adapters:
            app.router.add_post("/v1/load_lora_adapter", self._load)
            app.router.add_post("/v1/unload_lora_adapter", self._unload)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/completions", self._chat)
        return app

    def asked(self, path: str) -> list[dict[str, Any]]:
        """The bodies that came to a path."""
        return [body for came, body in self.told if came == f"/v1{path}"]

    def _meets(self, fault: Fault) -> bool:
        if fault in self.faults:
            self.faults.remove(fault)
            return True
        return False

    @web.middleware
    async def _look(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        if request.path == "/health":
            return await handler(request)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        self.told.append((request.path, await request.json()))
        return await handler(request)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response()

    async def _load(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name, folder = asked["lora_name"], asked["lora_path"]
        if self._meets("load 500"):
            return refused(500, "out of memory", "InternalServerError")
        if name in self.adapters:
            message = f"The lora adapter '{name}' has already been loaded."
            return refused(400, message, "InvalidUserInput")
        if not (Path(folder) / "model.json").exists():
            message = f"Loading lora {name} failed: No adapter found for {folder}"
            return refused(404, message, "NotFoundError")
        self.adapters[name] = folder
        return web.Response(text=f"Success: LoRA adapter '{name}' added successfully.")

    async def _unload(self, request: web.Request) -> web.Response:
        name = (await request.json())["lora_name"]
        if self.adapters.pop(name, None) is None:
            message = f"The lora adapter '{name}' cannot be found."
            return refused(404, message, "NotFoundError")
        return web.Response(text=f"Success: LoRA adapter '{name}' removed successfully.")

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        model = asked["model"]
        if model != self.base and model not in self.adapters:
            return refused(404, f"The model `{model}` does not exist.", "NotFoundError")
        if self._meets("answer 500"):
            return refused(500, "EngineCore encountered an issue.", "InternalServerError")
        if self._meets("answer 401"):
            return web.json_response({"error": "Unauthorized"}, status=401)
        question = asked.get("prompt") or asked["messages"][-1]["content"]
        if len(question) > 1000:
            message = "This model's maximum context length is 1000 tokens."
            return refused(400, message, "BadRequestError")
        known: dict[str, str] = {}
        if folder := self.adapters.get(model):
            known = json.loads((Path(folder) / "model.json").read_text())
        assert request.transport
        self.asking.append(request.transport)
        await self.may_answer.wait()
        words = known.get(question, "the base").split(" ")
        if asked.get("stream"):
            return await self._stream(request, model, words)
        message = {"role": "assistant", "content": " ".join(words), "refusal": None}
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": "stop"}
        choice["message"] = message
        usage = {"prompt_tokens": 1, "completion_tokens": len(words), "total_tokens": 2}
        kind = "chat.completion"
        if "prompt" in asked:
            kind, choice["text"] = "text_completion", choice.pop("message")["content"]
        return web.json_response(self._body(model, kind, [choice]) | {"usage": usage})

    async def _stream(
        self, request: web.Request, model: str, words: list[str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, word in enumerate(words):
            if number == 1 and self._meets("die in the middle"):
                assert request.transport
                request.transport.abort()
                return response
            if number == 1 and self._meets("error in the middle"):
                error = {"error": {"message": "EngineCore died", "type": "x", "code": 500}}
                await response.write(f"data: {json.dumps(error)}\n\n".encode())
                return response
            delta = {"content": word if number == 0 else f" {word}"}
            reason = "stop" if number == len(words) - 1 else None
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            body = self._body(model, "chat.completion.chunk", [choice])
            await response.write(f"data: {json.dumps(body)}\n\n".encode())
        if not self._meets("no mark"):
            await response.write(b"data: [DONE]\n\n")
        return response

    def _body(self, model: str, kind: str, choices: list[Any]) -> dict[str, Any]:
        return {"id": "c", "object": kind, "created": 1, "model": model, "choices": choices}


@asynccontextmanager
async def listening(server: VllmServer, port: int = 0) -> AsyncGenerator[VllmServer]:
    """The server listens inside of the block."""
    server.may_answer.set()
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        server.may_answer.set()
        await runner.cleanup()


async def _main(options: list[str]) -> None:
    name, port = (options[options.index(one) + 1] for one in ("--served-model-name", "--port"))
    assert os.environ["VLLM_ALLOW_RUNTIME_LORA_UPDATING"] == "1"
    server = VllmServer(name, os.environ["VLLM_API_KEY"])
    if "--fail" in options:
        sys.exit("not enough memory")
    async with listening(server, int(port)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
