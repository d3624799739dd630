"""Work in a process of its own."""

import asyncio
import sys

import psutil

_PROGRAM = """
import asyncio, time
from tunesmith.bot.apart import run_apart
if __name__ == "__main__":
    asyncio.run(run_apart(time.sleep, 300))
"""


async def test_a_process_apart_ends_with_a_bot_that_is_killed() -> None:
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROGRAM)
    started: list[psutil.Process] = []
    async with asyncio.timeout(30):
        while not any("spawn_main" in " ".join(one.cmdline()) for one in started):
            await asyncio.sleep(0.05)
            started = psutil.Process(bot.pid).children(recursive=True)
        await asyncio.sleep(1)  # until it is at work
        bot.kill()
        await bot.wait()
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in started):
            await asyncio.sleep(0.05)
