"""The chart of losses that Slack draws itself."""

from typing import Any

from tests.support.rows import dataset_row, job_row
from tunesmith.bot.messages import text_for
from tunesmith.handlers.job.loss_chart import loss_chart
from tunesmith.handlers.job.shown import Shown
from tunesmith.storage.jobs import JobStatus
from tunesmith.storage.metrics import Metric


def _shown(**chosen: Any) -> Shown:
    job = job_row(dataset_row(), "j", status=JobStatus.SUCCEEDED, hyperparameters=chosen)
    steps = [Metric("j", step, 6, 3 / step, None, None, None) for step in range(1, 7)]
    return Shown(job, "a.jsonl", steps)


def _labels(shown: Shown) -> list[str]:
    chart = loss_chart(text_for("en").plain, shown.steps, shown.epoch_of)
    assert chart is not None
    return chart["chart"]["axis_config"]["categories"]


def test_the_first_point_of_each_epoch_names_it_where_their_number_is_known() -> None:
    labels = ["1 (epoch 1)", "2", "3", "4 (epoch 2)", "5", "6"]
    assert _labels(_shown(n_epochs=2)) == labels
    assert _labels(_shown()) == ["1", "2", "3", "4", "5", "6"]


def test_the_picture_marks_the_end_of_each_epoch_and_of_many_only_some() -> None:
    assert _shown(n_epochs=2).epoch_ends == [(3, 1), (6, 2)]
    assert _shown().epoch_ends == _shown(n_epochs=1).epoch_ends == []
    assert len(_shown(n_epochs=50).epoch_ends) == 25
