"""What worker processes load: neither the database nor what speaks to Slack and to providers, which
would cost each of them tens of megabytes.
"""

import json
import subprocess
import sys

# Where the functions stand that the bot has its workers call.
CALLED = (
    "tunesmith.bot.answers.checks.expected",
    "tunesmith.bot.answers.corrections.file",
    "tunesmith.bot.answers.evaluation.preparing",
    "tunesmith.bot.answers.evaluation.summing",
    "tunesmith.bot.answers.metrics.exports.archive",
    "tunesmith.bot.answers.metrics.exports.table",
    "tunesmith.bot.answers.metrics.picture",
    "tunesmith.bot.answers.metrics.score",
    "tunesmith.bot.datasets.chosen_lines",
    "tunesmith.bot.datasets.conversion.convert",
    "tunesmith.bot.datasets.fix",
    "tunesmith.bot.datasets.histogram",
    "tunesmith.bot.datasets.inspection",
    "tunesmith.bot.datasets.split",
    "tunesmith.bot.datasets.tokens",
    "tunesmith.bot.ddl.picture",
    "tunesmith.bot.ddl.store",
    "tunesmith.bot.drawing.losses",
    "tunesmith.bot.processes.worker",
    "tunesmith.bot.sql",
    "tunesmith.bot.text2sql",
)
NOT_FOR_WORKERS = (
    *("aiohttp", "alembic", "openai", "slack_bolt", "slack_sdk", "sqlalchemy"),
    "pydantic_settings",
)
PROGRAM = f"""
import importlib, json, sys
for name in {CALLED!r}:
    importlib.import_module(name)
print(json.dumps([name for name in {NOT_FOR_WORKERS!r} if name in sys.modules]))
"""


def test_what_workers_call_loads_no_database_no_clients_and_no_settings() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True, timeout=120
    )
    assert json.loads(told.stdout) == []
