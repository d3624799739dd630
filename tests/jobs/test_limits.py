"""What a provider would refuse is refused before anything is uploaded, by the choice it lies in."""

from typing import Any

import pytest

from tests.datasets.files import chats, look, write
from tests.jobs.conftest import Bench
from tests.support.rows import add_rows, dataset_row
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs import JobRequest, Person, start
from tunesmith.bot.jobs.limits import RefusedError, refusals
from tunesmith.bot.jobs.start import AlreadyRunningError
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage import jobs
from tunesmith.storage.jobs import JobStatus

_TINY = "tiny-1m-scratch"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = write(tmp_path_factory.mktemp("limits") / "a.jsonl", chats(20))
    return look(path, provider="local")


def _refused(report: Report, provider: dict[str, Any] | None = None, **asked: Any) -> set[str]:
    """What of the job is refused; `entry` changes the base model, which has no limit of its own on
    files, and the rest is asked for.
    """
    entry = {"max_file_bytes": None, **asked.pop("entry", {})}
    local = load_catalogue().providers["local"]
    model = local.models[0].model_copy(update=entry)
    nothing: dict[str, Any] = {
        "hyperparameters": {},
        "seed": None,
        "suffix": None,
        "project": None,
        "continues": False,
    }
    validation = asked.pop("validation", None)
    offer = Offer("local", local.model_copy(update=provider or {}), model)
    return set(refusals(offer, report, validation, **nothing | asked))


def test_what_nobody_chose_is_not_refused(report: Report) -> None:
    assert _refused(report) == set()


@pytest.mark.parametrize(
    ("name", "choice", "good", "bad"),
    [
        ("n_epochs", "epochs", [1, 50], [0, -1, 51]),
        ("batch_size", "batch_size", [1, 256], [0, 257]),
        ("learning_rate_multiplier", "rate", [0.01, 30.0], [0.0, -1.0, float("nan"), float("inf")]),
        ("beta", "beta", [0.1, 2.0], [0.0, 2.1, float("nan")]),
    ],
)
def test_hyperparameters_have_ranges(
    report: Report, name: str, choice: str, good: list[float], bad: list[float]
) -> None:
    for value in good:
        assert _refused(report, hyperparameters={name: value}) == set(), value
    for value in bad:
        assert _refused(report, hyperparameters={name: value}) == {choice}, value


def test_an_absolute_learning_rate_is_below_one(report: Report) -> None:
    absolute = {"learning_rate_parameter": "learning_rate"}
    for rate, refused in ((2e-5, set[str]()), (1.0, {"rate"}), (2.0, {"rate"})):
        assert _refused(report, absolute, hyperparameters={"learning_rate": rate}) == refused


@pytest.mark.parametrize(
    ("provider", "suffix", "is_taken"),
    [
        ({}, "barista-v2.1_x", True),
        ({}, "ab" * 32, True),
        ({}, "ab" * 32 + "c", False),
        ({}, "ünder", False),
        ({}, "a b", False),
        ({"suffix_letters": "A-Za-z0-9_-"}, "v2.1", False),
        ({"max_suffix": 18}, "a" * 19, False),
        ({"takes_suffix": False}, "a", False),
    ],
)
def test_a_suffix_has_the_providers_letters_and_length(
    report: Report, provider: dict[str, Any], suffix: str, *, is_taken: bool
) -> None:
    assert (_refused(report, provider, suffix=suffix) == set()) == is_taken


def test_a_seed_and_a_project_have_their_ranges(report: Report) -> None:
    for seed, refused in (
        (0, set[str]()),
        (2**31 - 1, set[str]()),
        (2**31, {"seed"}),
        (-1, {"seed"}),
    ):
        assert _refused(report, seed=seed) == refused
    reports = {"takes_integrations": True}
    for project, refused in (("tea-2", set[str]()), ("a b", {"project"}), ("a" * 129, {"project"})):
        assert _refused(report, reports, project=project) == refused
    assert _refused(report, project="tea") == {"project"}


@pytest.mark.parametrize(
    "provider",
    [
        {"min_examples": 21},
        {"max_examples": 19},
        {"max_file_bytes": 100},
        {"formats": ("preference",)},
    ],
)
def test_a_file_outside_the_providers_limits_is_refused(
    report: Report, provider: dict[str, Any]
) -> None:
    assert _refused(report, provider) == {"model"}


def test_a_base_model_that_cant_be_deployed_is_refused(report: Report) -> None:
    assert _refused(report, entry={"deployable": False}) == {"model"}


def test_a_method_that_the_base_model_has_not_is_refused(report: Report) -> None:
    assert _refused(report, entry={"methods": ("dpo",)}) == {"model"}
    after = {"methods": (), "methods_after_tuning": ("supervised",)}
    assert _refused(report, entry=after) == {"model"}
    assert _refused(report, entry=after, continues=True) == set()
    assert _refused(report, {"continues": False}, continues=True) == {"continue"}


@pytest.mark.parametrize(
    ("provider", "change"),
    [
        ({"validation_max_rows": 19}, {}),
        ({"validation_max_fraction": 0.3}, {"examples": 7}),
        ({"max_file_bytes": 10**6}, {"bytes": 10**6 + 1}),
        ({}, {"format": "preference"}),
    ],
)
def test_a_validation_file_outside_the_providers_limits_is_refused(
    report: Report, provider: dict[str, Any], change: dict[str, Any]
) -> None:
    other = report.model_copy(update=change)
    assert _refused(report, provider, validation=other) == {"validation"}
    fits = {"validation_max_rows": 20, "validation_max_fraction": 1.0}
    assert _refused(report, fits, validation=report) == set()


def _request(dataset_id: str, request_id: str = "r1", **asked: Any) -> JobRequest:
    given: dict[str, Any] = {
        "validation_id": None,
        "base_model": _TINY,
        "hyperparameters": {},
        "suffix": None,
    }
    return JobRequest(
        request_id=request_id,
        dataset_id=dataset_id,
        provider="local",
        person=Person("U1"),
        **given | asked,
    )


async def test_nothing_is_reserved_where_the_provider_would_refuse(
    bench: Bench, report: Report
) -> None:
    dataset = f"d{await bench.reserve(report)}"
    asked: dict[str, Any] = {
        "hyperparameters": {"n_epochs": 51},
        "continued_from": "ft:nobodys",
        "seed": -1,
    }
    with pytest.raises(RefusedError) as refused:
        await start(bench.services, _request(dataset, **asked))
    assert set(refused.value.choices) == {"epochs", "continue", "seed"}


async def test_all_that_was_chosen_is_kept_with_the_job(bench: Bench, report: Report) -> None:
    model = {"fine_tuned_model": "ft:tea", "finished_at": 1.0, "status": JobStatus.SUCCEEDED}
    dataset = f"d{await bench.reserve(report, **model)}"
    job = await start(
        bench.services, _request(dataset, seed=7, continued_from="ft:tea", notify_channel="C9")
    )
    kept = await bench.job(job.id)
    assert (kept.seed, kept.continued_from, kept.notify_channel) == (7, "ft:tea", "C9")
    assert (kept.method, kept.integrations) == ("supervised", None)


async def test_the_same_file_is_trained_on_in_two_channels_and_once_in_each(
    bench: Bench, report: Report
) -> None:
    here = f"d{await bench.reserve(report)}"
    said = report.model_dump(mode="json")
    await add_rows(bench.services.database, dataset_row("there", channel="C2", report=said))
    first = await start(bench.services, _request(here, "r1"))
    second = await start(bench.services, _request("there", "r2"))
    assert (first.channel, second.channel) == ("C1", "C2")
    assert first.fingerprint == second.fingerprint
    with pytest.raises(AlreadyRunningError, match="already running"):
        await start(bench.services, _request(here, "r3"))
    async with bench.services.database.write() as connection:
        await jobs.change(connection, first.id, status=JobStatus.AWAITING_APPROVAL)
    with pytest.raises(AlreadyRunningError, match="waiting for approval"):
        await start(bench.services, _request(here, "r4"))
