"""A job's result file, whatever is in it."""

import base64
import contextlib
import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunesmith.bot.providers.result_csv import ResultTableError, decoded, read_table

NAMES = (
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)
FIGURES = st.none() | st.floats(-1e9, 1e9)
ROWS = st.lists(
    st.tuples(st.integers(0, 10**9), *[FIGURES] * len(NAMES)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[0],
)


@given(st.binary(max_size=400))
def test_whatever_the_bytes_nothing_but_its_own_error_is_raised(content: bytes) -> None:
    with contextlib.suppress(ResultTableError):
        read_table(decoded(content))
    with contextlib.suppress(ResultTableError):
        read_table(decoded(b"step,train_loss\n" + content))


@given(
    columns=st.lists(st.sampled_from(["step", "train_loss", "odd", "", "step "]), max_size=5),
    cells=st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8),
)
def test_whatever_the_cells_every_step_is_a_count_and_every_figure_finite(
    columns: list[str], cells: list[list[str]]
) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([columns, *cells])
    with contextlib.suppress(ResultTableError):
        for row in read_table(target.getvalue()).steps:
            assert row.step >= 0
            assert row.train_loss is None or math.isfinite(row.train_loss)


@given(rows=ROWS, encoding=st.sampled_from(["utf-8", "utf-8-sig"]), in_base64=st.booleans())
def test_a_table_is_read_as_a_plain_reading_of_csv_reads_it(
    rows: list[tuple[float | None, ...]], encoding: str, in_base64: bool
) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([("step", *NAMES), *rows])
    content = target.getvalue().encode(encoding)
    found = read_table(decoded(base64.encodebytes(content) if in_base64 else content)).steps
    plain = sorted(csv.DictReader(io.StringIO(target.getvalue())), key=lambda row: int(row["step"]))
    assert [row.step for row in found] == [int(row["step"]) for row in plain]
    for ours, theirs in zip(found, plain, strict=True):
        for name in NAMES:
            assert getattr(ours, name) == (float(theirs[name]) if theirs[name] else None)


def test_other_names_of_columns_odd_rows_and_a_classification_are_read() -> None:
    table = read_table(
        " Step ,train_accuracy,validation_loss,odd,classification/accuracy,"
        "classification/weighted_f1_score\n"
        "2.0,0.5,n/a,x,0.7,0.6\n"
        "last,1,1\n"
        "1,,0.25\n"
        "2,0.9,0.9,x,0.8,nan\n"
    )
    assert [(row.step, row.train_mean_token_accuracy, row.valid_loss) for row in table.steps] == [
        (1, None, 0.25),
        (2, 0.5, None),
    ]
    assert table.scores == {"accuracy": 0.8, "weighted_f1": 0.6}


@pytest.mark.parametrize("text", ["", "{}", "loss\n1\n", "step\n"])
def test_a_table_without_steps_is_an_error(text: str) -> None:
    with pytest.raises(ResultTableError):
        read_table(text)


def test_a_table_of_more_steps_than_are_worth_keeping_is_an_error() -> None:
    with pytest.raises(ResultTableError):
        read_table("step\n" + "1\n" * 100_001)
    with pytest.raises(ResultTableError):
        read_table("step\n" + "1" * (16 << 20))
