"""The log under the workspace's state."""

from pathlib import Path

import pytest

from tunesmith.local.workspace import store as store_module
from tunesmith.local.workspace.store import Store


def written(path: Path) -> Store:
    store = Store(path)
    store.open()
    store.write("t", "a", {"n": 1})
    store.write("t", "b", {"n": 2})
    return store


def test_the_last_write_of_a_key_counts(tmp_path: Path):
    store = written(tmp_path / "log")
    store.write("t", "a", {"n": 3})
    store.write("t", "b", None)
    store.close()
    assert Store(tmp_path / "log").open() == {"t": {"a": {"n": 3}}}


def test_a_key_keeps_its_place_when_it_changes(tmp_path: Path):
    store = written(tmp_path / "log")
    store.write("t", "a", {"n": 3})
    store.close()
    assert list(Store(tmp_path / "log").open()["t"]) == ["a", "b"]


def test_a_line_torn_by_a_kill_is_dropped_with_its_whole_transaction(tmp_path: Path):
    store = written(tmp_path / "log")
    with store.transaction():
        store.write("t", "a", {"n": 9})
        store.write("u", "c", {"n": 9})
    store.close()
    whole = (tmp_path / "log").read_bytes()
    last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for end in range(last, len(whole)):
        (tmp_path / "log").write_bytes(whole[:end])
        again = Store(tmp_path / "log")
        assert again.open() == {"t": {"a": {"n": 1}, "b": {"n": 2}}}
        again.write("t", "d", {"n": 4})
        again.close()
        assert Store(tmp_path / "log").open()["t"]["d"] == {"n": 4}


def test_a_transaction_is_one_line(tmp_path: Path):
    store = Store(tmp_path / "log")
    store.open()
    with store.transaction():
        store.write("t", "a", 1)
        with store.transaction():
            store.write("t", "b", 2)
    store.close()
    assert (tmp_path / "log").read_bytes().count(b"\n") == 1


def test_opening_drops_what_was_superseded(tmp_path: Path):
    store = written(tmp_path / "log")
    for number in range(1_000):
        store.write("t", "a", {"n": number})
    store.close()
    before = (tmp_path / "log").stat().st_size
    Store(tmp_path / "log").open()
    assert (tmp_path / "log").stat().st_size < before / 100


def test_a_log_that_doubled_is_rewritten_while_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_module, "_LEAST_GROWTH", 1_000)
    store = written(tmp_path / "log")
    for number in range(500):
        store.write("t", "a", {"n": number})
        with store.transaction():
            store.write("t", "b", None)
            store.write("t", "b", {"n": number})
    assert (tmp_path / "log").stat().st_size < 2_500
    store.close()
    assert Store(tmp_path / "log").open() == {"t": {"a": {"n": 499}, "b": {"n": 499}}}


def test_cleared_is_cleared(tmp_path: Path):
    store = written(tmp_path / "log")
    store.clear()
    store.write("t", "z", 1)
    store.close()
    assert Store(tmp_path / "log").open() == {"t": {"z": 1}}


def test_without_a_path_nothing_is_written(tmp_path: Path):
    store = Store(None)
    assert store.open() == {}
    store.write("t", "a", 1)
    store.close()
