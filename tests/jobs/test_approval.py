"""A job that is over a budget waits for somebody else to approve it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.jobs.conftest import Bench
from tunesmith.bot.jobs import Person
from tunesmith.bot.settings import PermissionSettings
from tunesmith.storage.tables import tasks

ASKER, LEAD, OTHER = Person("U1"), Person("U2", frozenset({"S0LEADS"})), Person("U3")
LAUNCHES = select(tasks.c.key).where(tasks.c.kind == "launch")


@pytest.fixture
async def office(bench: Bench, tmp_path) -> Bench:  # type: ignore[no-untyped-def]
    """A team with a budget of one dollar, whose leads and U1 approve; training costs 2 USD."""
    settings = bench.services.settings.model_copy(
        update={
            "monthly_budget_usd": Decimal(1),
            "permissions": PermissionSettings(approve="S0LEADS,U1"),
        }
    )
    return Bench(replace(bench.services, settings=settings), bench.provider)
