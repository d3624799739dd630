"""Whatever a row holds: its conversion ends, changes nothing of it, and keeps its numbers."""

import copy
from collections.abc import Iterator
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.files import Example
from tunesmith.bot.datasets.conversion import exact, shapes
from tunesmith.bot.datasets.conversion.shapes.shape import Shape

_OTHERS: list[Any] = [None, 1, "", "x", [], [None], {}, {"a": 1}, [[]], [{}]]
_KEYS = sorted(
    {key for shape in shapes.SHAPES for key in shape.example[0]}
    | {"tools", "history", "role", "content", "from", "value", "parts", "label", "input"}
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "user", "gpt", "a", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*_KEYS, "human", "assistant", "text"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(_KEYS), anything, min_size=1, max_size=4))
def test_no_row_stops_the_conversion(row: Any) -> None:
    given = copy.deepcopy(row)
    shape = shapes.recognise(row)
    if shape is not None:
        shapes.convert(row, shape)
    assert row == given


@pytest.mark.parametrize("shape", shapes.SHAPES, ids=lambda shape: shape.name)
def test_no_change_to_an_example_of_a_shape_stops_the_conversion(shape: Shape) -> None:
    for path in list(places(shape.example[0])):
        for other in _OTHERS:
            row: Any = copy.deepcopy(shape.example[0])
            holder = row
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = other
            found = shapes.recognise(row)
            if found is not None:
                shapes.convert(row, found)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within another."""
    given = cast("Example", value)
    keys = cast("list[Any]", list(given) if isinstance(value, dict) else [*range(len(given))])
    for key in keys:
        yield (*path, key)
        if isinstance(given[key], dict | list):
            yield from places(given[key], (*path, key))


@settings(max_examples=60)
@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_digits(number: Any) -> None:
    text = b'{"id":%s}' % str(number).encode()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None  # Python's Decimal writes 0E-7 and the like
    made = exact.dumps(exact.loads(text))
    assert made == text or orjson.loads(made) == value
    long = b'{"a":12345678901234567890123456,"b":0.1000000000000000055511151231257827,"c":1.0E+5}'
    assert exact.dumps(exact.loads(long)) == long
