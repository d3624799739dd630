"""What is kept of a job's way: its events, its checkpoints, and the models that come of it.

All methods run inside of `Store.run`. What comes a second time, because an engine repeats itself
after a restart, is known by its id and changes nothing.
"""

import time
from typing import Literal

from tunesmith.local.trainer.api.names import checkpoint_name, derived_id, new_id
from tunesmith.local.trainer.api.objects import CheckpointMetrics, JobCheckpoint, JobEvent
from tunesmith.local.trainer.api.store import Store, StoredJob, StoredModel
from tunesmith.local.trainer.jobs import CHECKPOINTS_KEPT, CheckpointSaved, Metrics


class History:
    """The history of every job."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tell(
        self,
        job_id: str,
        text: str,
        *,
        level: Literal["info", "warn", "error"] = "info",
        again: bool = False,
    ) -> None:
        """Add a message; only one that may come `again` is told twice."""
        event_id = new_id("ftevent-") if again else derived_id("ftevent-", job_id, level, text)
        event = JobEvent(id=event_id, created_at=int(time.time()), level=level, message=text)
        self._store.events.add(event, parent=job_id)

    def measured(self, job_id: str, metrics: Metrics) -> None:
        """Add what was measured at a step."""
        text = f"Step {metrics.step}/{metrics.total_steps}: training loss={metrics.train_loss:.2f}"
        if metrics.valid_loss is not None:
            text += f", validation loss={metrics.valid_loss:.2f}"
        event = JobEvent(
            id=derived_id("ftevent-", job_id, "step", metrics.step),
            created_at=int(time.time()),
            level="info",
            message=text,
            type="metrics",
            data=metrics.model_dump(exclude={"event"}, exclude_none=True),
        )
        self._store.events.add(event, parent=job_id)

    def saved(self, job: StoredJob, saved: CheckpointSaved) -> bool:
        """Add a checkpoint; the last few stay, as their engine keeps them. False where this one is
        known.
        """
        name = checkpoint_name(job.tuned_name, saved.step)
        checkpoint = JobCheckpoint(
            id=derived_id("ftckpt_", job.id, saved.step),
            created_at=int(time.time()),
            fine_tuned_model_checkpoint=name,
            fine_tuning_job_id=job.id,
            metrics=CheckpointMetrics.model_validate(saved.model_dump()),
            step_number=saved.step,
        )
        if not self._store.checkpoints.add(checkpoint, parent=job.id):
            return False
        self.add_model(job, name, saved.folder)
        self.tell(job.id, f"Checkpoint created at step {saved.step}")
        for old in self._store.checkpoints.all(parent=job.id)[:-CHECKPOINTS_KEPT]:
            self._store.checkpoints.remove(old.id)
            self._store.models.remove(old.fine_tuned_model_checkpoint)
        return True

    def add_model(self, job: StoredJob, name: str, folder: str) -> None:
        """Add a model that can answer; `folder` is relative to the job's."""
        model = StoredModel(
            id=name,
            created=int(time.time()),
            base_model=job.base_model,
            folder=f"jobs/{job.id}/{folder}",
        )
        self._store.models.add(model, job.team)
