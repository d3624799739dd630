"""A chosen learning rate reaches a provider as the hyperparameter that it has for one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.support.slice import progress_of, report_of, small_file
from tests.support.waiting import PATIENCE
from tests.support.world import open_world, words
from tunesmith.bot.cli.demo.person import DemoError

pytestmark = pytest.mark.acceptance

_MODEL = "meta-llama/Meta-Llama-3.1-8B-Instruct"
_CATALOGUE = f"""
[[providers.nebius.models]]
name = "{_MODEL}"
encoding = "o200k_base"
methods = ["supervised"]
"""


@asynccontextmanager
async def _provider() -> AsyncGenerator[tuple[str, asyncio.Future[dict[str, Any]]]]:
    """A provider's address, and the body of the first request for a job."""
    asked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def answer(request: web.Request) -> web.Response:
        job = {"id": "ftjob-1", "object": "fine_tuning.job", "status": "running"}
        if (request.method, request.path) == ("POST", "/v1/fine_tuning/jobs"):
            asked.set_result(await request.json())
            return web.json_response(job)
        if (request.method, request.path) == ("POST", "/v1/files"):
            await request.read()
            return web.json_response({"id": "file-1", "object": "file"})
        jobs = [job] if request.path == "/v1/fine_tuning/jobs" and asked.done() else []
        return web.json_response({"object": "list", "data": jobs, "has_more": False})

    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", asked
    finally:
        await runner.cleanup()


async def test_a_provider_of_absolute_rates_gets_the_rate_itself_and_no_multiplier(
    tmp_path: Path,
) -> None:
    (tmp_path / "catalogue.toml").write_text(_CATALOGUE)
    async with _provider() as (url, asked), open_world(tmp_path, bot=False) as world:
        world.bot_settings |= {
            "TUNESMITH_CATALOGUE": str(tmp_path / "catalogue.toml"),
            "TUNESMITH_PROVIDERS__NEBIUS__API_KEY": "k",
            "TUNESMITH_PROVIDERS__NEBIUS__BASE_URL": url,
        }
        await world.start_bot()
        alice = world.person()
        thread = await alice.attach([small_file(tmp_path)], "")
        report = await report_of(alice, thread)
        model = f"nebius/{_MODEL}"
        modal: Any = await alice.press(report, "start_job")
        await alice.choose(modal, "model", model)
        for rate in ("2", "1"):  # the second is within what Slack's own client takes
            with pytest.raises(DemoError, match=r"at most 1|takes the learning rate itself"):
                await alice.submit(modal, {"epochs": "2", "learning_rate": rate})
        await alice.submit(modal, {"epochs": "2", "learning_rate": "0.00002"})
        body = await asyncio.wait_for(asked, PATIENCE)
        assert body["method"] == {
            "type": "supervised",
            "supervised": {
                "hyperparameters": {"lora": True, "n_epochs": 2, "learning_rate": 0.00002}
            },
        }
        assert "learning_rate_multiplier" not in str(body)
        assert "learning rate: 2e-05" in words(await progress_of(alice, thread))
