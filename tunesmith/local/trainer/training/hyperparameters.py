"""A job's method and hyperparameters as the API shows them."""

from tunesmith.local.trainer.api.objects import (
    DpoMethod,
    DpoSettings,
    Job,
    ShownDpoHyperparameters,
    ShownHyperparameters,
    SupervisedMethod,
    SupervisedSettings,
)
from tunesmith.local.trainer.jobs import Method


def shown_method(
    method: Method, hyperparameters: ShownDpoHyperparameters
) -> SupervisedMethod | DpoMethod:
    """The `method` of a job as the API shows it."""
    if method == "dpo":
        return DpoMethod(dpo=DpoSettings(hyperparameters=hyperparameters))
    return SupervisedMethod(
        supervised=SupervisedSettings(
            hyperparameters=ShownHyperparameters.model_validate(
                hyperparameters.model_dump(exclude={"beta"})
            )
        )
    )


def asked_hyperparameters(job: Job) -> ShownHyperparameters:
    """The hyperparameters of the job's method."""
    settings = job.method.dpo if job.method.type == "dpo" else job.method.supervised
    return settings.hyperparameters
