"""`tunesmith run`: the bot itself."""


def run() -> None:
    """Run the bot: over Socket Mode, or over HTTP where TUNESMITH_HTTP_PORT is set."""
    import asyncio  # noqa: PLC0415 - takes time that other commands do not need
    import logging  # noqa: PLC0415
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    # The database, training files and lists of findings are for the bot's user only.
    os.umask(0o077)
    from tunesmith.bot import logs, processes  # noqa: PLC0415 - takes seconds

    processes.start_ahead()
    from tunesmith.bot.app import run as run_bot  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    logs.set_up(settings.log_format)

    async def until_stopped() -> None:
        bot = asyncio.create_task(run_bot(settings))
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.unhandled)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, bot.cancel)
        try:
            await bot
        except asyncio.CancelledError:
            logging.info("Stopped; what was under way goes on at the next start")

    asyncio.run(until_stopped())
