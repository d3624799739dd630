"""Whatever a client sends, it gets an answer in OpenAI's shape, and never a 500."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trainer_api import BASE
from tests.trainer_api.client import Trainer, jsonl

FUZZ = settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["auto", "user", "assistant", "text", BASE, "file-x", "dpo", "none"])
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)


def body(*fields: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the fields, each with anything in it."""
    return st.dictionaries(st.sampled_from(fields) | st.text(max_size=8), JSON, max_size=6)


def text(size: int) -> st.SearchStrategy[str]:
    """What metadata may hold: anything but NUL."""
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=size)


def hyperparameters() -> st.SearchStrategy[dict[str, Any]]:
    names = ("n_epochs", "batch_size", "learning_rate_multiplier", "beta")
    return st.dictionaries(st.sampled_from(names), SCALARS)


def message() -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(st.fixed_dictionaries({"type": SCALARS, "text": SCALARS}), max_size=2)
    return st.fixed_dictionaries({"role": SCALARS, "content": SCALARS | parts})


async def accepted(trainer: Trainer, method: str, path: str, **options: Any) -> None:
    status, answer, _headers = await trainer.raw(method, path, **options)
    assert status < 500, answer
    if status >= 400:
        assert set(answer["error"]) == {"message", "type", "param", "code"}
        assert answer["error"]["message"]


@FUZZ
@given(
    st.fixed_dictionaries(
        {"model": st.just(BASE) | JSON, "training_file": JSON},
        optional={
            "method": st.fixed_dictionaries(
                {"type": st.sampled_from(["supervised", "dpo"])},
                optional={
                    "dpo": st.fixed_dictionaries({"hyperparameters": hyperparameters()}),
                    "supervised": st.fixed_dictionaries({"hyperparameters": hyperparameters()}),
                },
            )
            | JSON,
            "hyperparameters": hyperparameters() | JSON,
            "metadata": JSON,
            "suffix": SCALARS,
            "seed": SCALARS,
            "validation_file": JSON,
            "integrations": JSON,
        },
    )
)
async def test_no_job_is_a_500(trainer: Trainer, job: dict[str, Any]):
    await accepted(trainer, "POST", "/v1/fine_tuning/jobs", json=job)


@FUZZ
@given(
    st.fixed_dictionaries(
        {"suffix": st.text(min_size=1, max_size=64), "seed": st.integers(0, 2**31 - 1)}
    ),
    st.dictionaries(text(64), text(512), max_size=16),
)
async def test_every_valid_suffix_and_metadata_is_taken_and_found(
    trainer: Trainer, options: dict[str, Any], metadata: dict[str, str]
):
    file_id = await trainer.upload(b"x")
    job = await trainer.client.fine_tuning.jobs.create(
        model=BASE, training_file=file_id, metadata=metadata, **options
    )
    assert job.metadata == metadata
    found = await trainer.client.fine_tuning.jobs.list(metadata=metadata, limit=100)
    assert job.id in [other.id for other in found.data]


SAMPLING = ("max_tokens", "temperature", "top_p", "n", "seed", "stop", "stream", "stream_options")


@FUZZ
@given(st.data())
async def test_no_chat_is_a_500(tuned: tuple[Trainer, str], data: st.DataObject):
    trainer, model = tuned
    chat = data.draw(body("logprobs", "top_logprobs", "tools", "response_format", *SAMPLING))
    chat["model"] = data.draw(st.just(model) | JSON)
    chat["messages"] = data.draw(st.lists(message(), max_size=3) | JSON)
    chat.pop("stream", None)
    await accepted(trainer, "POST", "/v1/chat/completions", json=chat)


@FUZZ
@given(
    st.text(min_size=1, max_size=50),
    st.floats(0, 2),
    st.floats(0, 1),
    st.integers(-(2**63), 2**63 - 1),
    st.lists(st.text(max_size=5), max_size=4),
)
async def test_every_valid_chat_is_answered(
    tuned: tuple[Trainer, str],
    text: str,
    temperature: float,
    top_p: float,
    seed: int,
    stop: list[str],
):
    trainer, model = tuned
    options = {"temperature": temperature, "top_p": top_p, "seed": seed, "stop": stop}
    await trainer.ask(model, text, **options)


@FUZZ
@given(st.data())
async def test_no_completion_is_a_500(tuned: tuple[Trainer, str], data: st.DataObject):
    trainer, model = tuned
    completion = data.draw(body("logprobs", "echo", "best_of", "suffix", *SAMPLING))
    completion["model"] = data.draw(st.just(model) | JSON)
    completion["prompt"] = data.draw(JSON)
    completion.pop("stream", None)
    await accepted(trainer, "POST", "/v1/completions", json=completion)


@FUZZ
@given(body("filename", "purpose", "bytes", "mime_type", "expires_after"))
async def test_no_upload_is_a_500(trainer: Trainer, upload: dict[str, Any]):
    await accepted(trainer, "POST", "/v1/uploads", json=upload)


# aiohttp warns of what the server then refuses.
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionParam")
@FUZZ
@given(st.binary(max_size=200), st.sampled_from(["multipart/form-data; boundary=x", "a/b", "x"]))
async def test_no_form_is_a_500(trainer: Trainer, content: bytes, content_type: str):
    headers = {"Content-Type": content_type}
    form = b"--x\r\nContent-Disposition: form-data; name=" + content + b"\r\n--x--"
    for sent in (content, form):
        await accepted(trainer, "POST", "/v1/files", data=sent, extra_headers=headers)


@FUZZ
@given(st.text(min_size=1, max_size=20), st.text(max_size=20), st.text(max_size=20))
async def test_no_address_is_a_500(trainer: Trainer, name: str, key: str, value: str):
    name, key, value = quote(name, safe=""), quote(key, safe=""), quote(value, safe="")
    for path in ("files", "models", "fine_tuning/jobs", "uploads", "chat"):
        await accepted(trainer, "GET", f"/v1/{path}/{name}")
    for path in ("files", "fine_tuning/jobs"):
        await accepted(
            trainer, "GET", f"/v1/{path}?after={value}&limit={value}&metadata[{key}]={value}"
        )


@FUZZ
@given(st.lists(JSON, min_size=1, max_size=5), st.sampled_from(["supervised", "dpo"]))
async def test_no_training_file_breaks_the_queue(trainer: Trainer, rows: list[Any], method: str):
    lines: list[Any] = [row if isinstance(row, dict) else {"messages": row} for row in rows]
    job = await trainer.train(jsonl(lines), method={"type": method})
    assert job.status == "failed"
    assert job.error
    assert job.error.code in ("invalid_training_file", "invalid_n_examples")
