"""The entry point of a job in a Ray cluster, `python -m` this module.

It needs nothing of the cluster but the machine that it runs on. Ray Train finds room for the
workers, waits where there is none, and starts all of them again where one was lost with its
machine: the job then goes on from the last state that it brought back.
"""

import importlib
import json
import os
import socket
import tempfile
from typing import Any, Dict  # noqa: UP035

from tunesmith.local.trainer.launchers.node import worker

JOB = "TUNESMITH_JOB"
"""The environment variable with what the submission carries."""
_RESTARTS = 3


def main() -> None:
    """Train the job that the environment names."""
    # Found on the machines of a cluster alone.
    train: Any = importlib.import_module("ray.train")
    trainer: Any = importlib.import_module(
        "ray.train.v2.api.data_parallel_trainer"
    ).DataParallelTrainer
    job: Dict[str, Any] = json.loads(os.environ[JOB])  # noqa: UP006
    with tempfile.TemporaryDirectory(prefix="tunesmith-ray-") as notes:
        trainer(
            work,
            train_loop_config=job,
            scaling_config=train.ScalingConfig(
                num_workers=job["workers"],
                use_gpu=job["gpus"] > 0,
                resources_per_worker={"CPU": job["cpus"], "GPU": job["gpus"]},
                placement_strategy="SPREAD",
            ),
            run_config=train.RunConfig(
                name=job["submission"],
                storage_path=notes,
                failure_config=train.FailureConfig(max_failures=_RESTARTS),
            ),
        ).fit()


def work(job: "dict[str, Any]") -> None:
    """One worker. The first of them begins the stay; then all fetch the job as it is."""
    context: Any = importlib.import_module("ray.train").get_context()
    broadcast: Any = importlib.import_module("ray.train.collective").broadcast_from_rank_zero
    rank: int = context.get_world_rank()
    begun: Any = None
    if rank == 0:
        stay = worker.begin(worker.Trainer(job["url"], job["token"]), job["submission"])
        address: str = importlib.import_module("ray").util.get_node_ip_address()
        begun = {"stay": stay, "address": address, "port": _free_port(address)}
    begun = broadcast(begun)
    if begun["stay"] is None:
        return
    environment: Dict[str, str] = {}  # noqa: UP006
    if job["workers"] > 1:  # As torchrun names them.
        environment = {
            "RANK": str(rank),
            "LOCAL_RANK": "0",  # Ray shows each worker its own GPUs alone.
            "WORLD_SIZE": str(job["workers"]),
            "MASTER_ADDR": begun["address"],
            "MASTER_PORT": str(begun["port"]),
        }
    worker.run(job, begun["stay"] if rank == 0 else None, environment)


def _free_port(address: str) -> int:
    with socket.socket() as taken:
        taken.bind((address, 0))
        return taken.getsockname()[1]


if __name__ == "__main__":
    main()
