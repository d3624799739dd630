"""One read tells what stands where somebody asks, as looking at each job would."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.storage import here
from tunesmith.storage.database import Database
from tunesmith.storage.tables import datasets, jobs

_jobs = st.lists(
    st.tuples(st.sampled_from(["C1", "C2"]), st.sampled_from(["1.0", "2.0"]), st.booleans()),
    max_size=8,
)


@given(made=_jobs, ended=st.permutations(range(8)))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_stands_in_a_thread_and_its_channel_is_what_looking_at_each_job_finds(
    database: Database, made: list[tuple[str, str, bool]], ended: list[int]
) -> None:
    async with database.write() as connection:
        await connection.execute(jobs.delete())
        await connection.execute(datasets.delete())
    rows: list[dict[str, Any]] = []
    for number, (channel, thread, has_model) in enumerate(made):
        dataset = dataset_row(f"d{number}", channel=channel, thread=thread)
        tuned = {"finished_at": 100.0 + ended[number], "fine_tuned_model": f"ft:{number}"}
        changed = {"created_at": 10.0 + number, **(tuned if has_model else {})}
        await add_rows(database, dataset, job_row(dataset, f"j{number}"), **changed)
        rows.append({"id": f"j{number}", "channel": channel, "thread": thread, **changed})
    of_channel = [row for row in rows if row["channel"] == "C1"]
    of_thread = [row for row in of_channel if row["thread"] == "1.0"]
    async with database.read() as connection:
        found = await here.look(connection, team="T1", channel="C1", thread="1.0")
    assert _id(found.newest) == (of_thread[-1]["id"] if of_thread else None)
    assert _id(found.of_thread) == _last_tuned(of_thread)
    assert _id(found.of_channel) == _last_tuned(of_channel)


def _id(job: Any) -> str | None:
    return None if job is None else job.id


def _last_tuned(rows: list[dict[str, Any]]) -> str | None:
    tuned = [row for row in rows if "fine_tuned_model" in row]
    return max(tuned, key=lambda row: row["finished_at"])["id"] if tuned else None
