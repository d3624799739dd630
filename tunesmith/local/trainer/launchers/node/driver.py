"""The entry point of a job in a Ray cluster, `python -m` this module.

It needs nothing of the cluster but the machine that it runs on. Ray Train finds room for the
workers, waits where there is none, and starts all of them again where one was lost with its
machine: the job then goes on from the last state that it brought back.
"""

import fcntl
import importlib
import json
import os
import socket
import struct
import tempfile
from typing import Any, Dict  # noqa: UP035

from tunesmith.local.trainer.launchers.node import worker

JOB = "TUNESMITH_JOB"
"""The environment variable with what the submission carries."""
MEASURED = "TUNESMITH_MEASURED "
"""Before what an engine has measured, in a line of this process's output."""
_RESTARTS = 3
_SIOCGIFADDR = 0x8915


def main() -> None:
    """Train the job that the environment names, or measure it (`--measure` in jobs.py)."""
    # Found on the machines of a cluster alone.
    train: Any = importlib.import_module("ray.train")
    trainer: Any = importlib.import_module(
        "ray.train.v2.api.data_parallel_trainer"
    ).DataParallelTrainer
    job: Dict[str, Any] = json.loads(os.environ[JOB])  # noqa: UP006
    measures = "measure" in job
    with tempfile.TemporaryDirectory(prefix="tunesmith-ray-") as notes:
        result = trainer(
            measure if measures else work,
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
                failure_config=train.FailureConfig(max_failures=0 if measures else _RESTARTS),
            ),
        ).fit()
    if measures:
        print(MEASURED + (result.return_value or ""), flush=True)  # noqa: T201


def work(job: "dict[str, Any]") -> None:
    """One worker. The first of them begins the stay; then all fetch the job as it is."""
    rank = _rank()
    stay = None
    if rank == 0:
        stay = worker.begin(worker.Trainer(job["url"], job["token"]), job["submission"])
    environment = _begun_together(job, rank, over=rank == 0 and stay is None)
    if environment is not None:
        worker.run(job, stay, environment)


def measure(job: "dict[str, Any]") -> "str | None":
    """One worker's share of a few steps; the first gives what was measured."""
    rank = _rank()
    measured = worker.measure(job, _begun_together(job, rank, over=False) or {})
    return measured if rank == 0 else None


def _rank() -> int:
    context: Any = importlib.import_module("ray.train").get_context()
    return context.get_world_rank()


def _begun_together(job: "dict[str, Any]", rank: int, *, over: bool) -> "dict[str, str] | None":
    """What the environment of each worker says of the others; None where the job is over.

    All come to this point before one goes on.
    """
    broadcast: Any = importlib.import_module("ray.train.collective").broadcast_from_rank_zero
    address: str = importlib.import_module("ray").util.get_node_ip_address()
    met: Any = None
    if rank == 0 and not over:
        met = {"address": address, "port": _free_port(address)}
    met = broadcast(met)
    if met is None:
        return None
    if job["workers"] == 1:
        return {}
    together = {  # As torchrun names them.
        "RANK": str(rank),
        "LOCAL_RANK": "0",  # Ray shows each worker its own GPUs alone.
        "WORLD_SIZE": str(job["workers"]),
        "MASTER_ADDR": met["address"],
        "MASTER_PORT": str(met["port"]),
    }
    # By itself Gloo takes the address of the machine's name, which is often the loopback's.
    interface = os.environ.get("GLOO_SOCKET_IFNAME") or _interface(address)
    return {**together, "GLOO_SOCKET_IFNAME": interface} if interface else together


def _interface(address: str) -> "str | None":
    """The network interface that has this address, where the system tells (Linux)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                said = fcntl.ioctl(asking, _SIOCGIFADDR, struct.pack("256s", name.encode()))
            except OSError:  # It has no address.
                continue
            if socket.inet_ntoa(said[20:24]) == address:
                return name
    return None


def _free_port(address: str) -> int:
    with socket.socket() as taken:
        taken.bind((address, 0))
        return taken.getsockname()[1]


if __name__ == "__main__":
    main()
