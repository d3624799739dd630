"""An engine that keeps the contract in jobs.py without any mathematics, and fails on demand.

The first training example's system message may hold its script as JSON. It "learns" by heart:
the answer to a user's message is the assistant's, or `unknown`.
"""

import itertools
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from pydantic import BaseModel

from tunesmith.local.trainer.jobs import (
    CHECKPOINTS_KEPT,
    CONTROL_FILE,
    JOB_FILE,
    TRAIN_FILE,
    VALID_FILE,
    CheckpointSaved,
    ContextLengthError,
    Control,
    Done,
    ExitCode,
    Failed,
    GeneratedToken,
    JobSpec,
    Message,
    Metrics,
    Piece,
    Prompt,
    Started,
    Token,
)

STEPS_PER_EPOCH = 2
CONTEXT_LENGTH = 100
SERVER_PID = "FAKE_ENGINE_SERVER_PID"
"""The environment variable with the process that `Kill` may kill."""

Moment = Literal["begun", "half told", "told", "model saved", "state saved", "checkpoint told"]


class Kill(BaseModel):
    """SIGKILL of the server, and of this process if `engine`, once, at this moment of a step.

    The server is stopped `unread` steps before, so that it has not read what was told since.
    """

    step: int
    moment: Moment
    engine: bool = False
    unread: int = 0


class Script(BaseModel):
    """What the engine is to do apart from succeeding."""

    step_seconds: float = 0.0
    epochs: int = 3
    fail_at: int | None = None
    die_at: list[int] = []
    deaths: int | None = None
    full_at: int | None = None
    say: str | None = None
    deaf: bool = False
    kills: list[Kill] = []


def _examples(path: Path) -> list[list[dict[str, str]]]:
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [row.get("messages") or row["input"]["messages"] for row in rows]


def _script(examples: list[list[dict[str, str]]]) -> Script:
    first = examples[0][0]
    if first["role"] == "system" and first["content"].startswith("{"):
        return Script.model_validate_json(first["content"])
    return Script()


class Training:
    """One process's work on a job's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = JobSpec.model_validate_json((folder / JOB_FILE).read_text())
        self.examples = _examples(folder / TRAIN_FILE)
        self.script = _script(self.examples)
        wanted = self.spec.hyperparameters.n_epochs
        self.epochs = self.script.epochs if wanted == "auto" else wanted
        self.total = self.epochs * STEPS_PER_EPOCH
        self.valid = (folder / VALID_FILE).exists()
        self.asked_to_pause = False
        state = folder / "state.json"
        self.step: int = json.loads(state.read_text())["step"] if state.exists() else 0

    def on_sigterm(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_pause = True

    def tell(self, event: BaseModel) -> None:
        line = event.model_dump_json() + "\n"
        for part in (line[:20], line[20:]):
            sys.stdout.write(part)
            sys.stdout.flush()
            if isinstance(event, Metrics):
                self.arrive("told" if part.endswith("\n") else "half told")

    def arrive(self, moment: Moment) -> None:
        """Do what the script wants at this moment of this step."""
        for number, kill in enumerate(self.script.kills):
            done = self.folder / f"kill-{number}"
            if done.exists() or os.getppid() != int(os.environ[SERVER_PID]):
                continue
            if moment == "begun" and self.step == kill.step - kill.unread and kill.unread:
                os.kill(os.getppid(), signal.SIGSTOP)
            if (moment, self.step) == (kill.moment, kill.step):
                done.touch()
                os.kill(os.getppid(), signal.SIGKILL)
                if kill.engine:
                    os.kill(os.getpid(), signal.SIGKILL)

    def is_due(self, what: str, times: int | None) -> bool:
        """Is this to happen once more at this step? `times` None is always."""
        done = len(list(self.folder.glob(f"{what}-{self.step}-*")))
        (self.folder / f"{what}-{self.step}-{done}").touch()
        return times is None or done < times

    def order(self) -> str | None:
        if self.script.deaf:
            return None
        control = self.folder / CONTROL_FILE
        if control.exists():
            return control.read_text()
        return Control.PAUSE if self.asked_to_pause else None

    def save(self) -> None:
        draft = self.folder / "state.new"
        draft.write_text(json.dumps({"step": self.step}))
        draft.replace(self.folder / "state.json")

    def run(self) -> ExitCode:
        signal.signal(signal.SIGTERM, self.on_sigterm)
        hyperparameters = self.spec.hyperparameters
        batch_size = hyperparameters.batch_size
        multiplier = hyperparameters.learning_rate_multiplier
        self.tell(
            Started(
                total_steps=self.total,
                n_epochs=self.epochs,
                batch_size=4 if batch_size == "auto" else batch_size,
                learning_rate_multiplier=1.0 if multiplier == "auto" else multiplier,
                beta=0.1 if self.spec.method == "dpo" else None,
                trained_tokens=100 * self.epochs,
                resumed_from=self.step or None,
            )
        )
        if self.script.say:
            self.tell(Message(level="warn", text=self.script.say))
        if self.step >= STEPS_PER_EPOCH:
            self.tell(self.checkpoint(self.step // STEPS_PER_EPOCH))
        while self.step < self.total:
            if order := self.order():
                self.save()
                return ExitCode.CANCELLED if order == Control.CANCEL else ExitCode.PAUSED
            self.make_step()
            if self.step == self.script.fail_at:
                self.tell(Failed(code="invalid_training_file", message="Example 3 is too long."))
                return ExitCode.FAILED
            if self.step in self.script.die_at and self.is_due("death", self.script.deaths):
                os.kill(os.getpid(), signal.SIGKILL)
            if self.step == self.script.full_at and self.is_due("full", 2):
                return ExitCode.DISK_FULL
        rows = [f"{number},{1 / number}\n" for number, _ in enumerate(self.examples, 1)]
        (self.folder / "losses.csv").write_text("".join(["line,loss\n", *rows]))
        folder = self.checkpoint(self.epochs).folder
        self.tell(Done(folder=folder, trained_tokens=100, row_losses="losses.csv"))
        return ExitCode.DONE

    def make_step(self) -> None:
        time.sleep(self.script.step_seconds)
        self.step += 1
        self.arrive("begun")
        dpo = self.spec.method == "dpo"
        loss = 4 / self.step
        self.tell(
            Metrics(
                step=self.step,
                total_steps=self.total,
                train_loss=loss,
                train_mean_token_accuracy=None if dpo else 1 - 1 / (self.step + 1),
                train_reward_accuracy=0.5 if dpo else None,
                valid_loss=loss + 1 if self.valid else None,
                valid_mean_token_accuracy=0.25 if self.valid and not dpo else None,
            )
        )
        if self.step % STEPS_PER_EPOCH == 0:
            saved = self.checkpoint(self.step // STEPS_PER_EPOCH)
            folder = self.folder / saved.folder
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "model.json").write_text(json.dumps(self.learnt()))
            self.arrive("model saved")
            self.save()
            self.arrive("state saved")
            self.tell(saved)
            self.arrive("checkpoint told")
            old = self.step - CHECKPOINTS_KEPT * STEPS_PER_EPOCH
            shutil.rmtree(self.folder / f"checkpoints/step-{old}", ignore_errors=True)

    def checkpoint(self, epoch: int) -> CheckpointSaved:
        step = epoch * STEPS_PER_EPOCH
        return CheckpointSaved(
            step=step,
            epoch=epoch,
            folder=f"checkpoints/step-{step}",
            train_loss=4 / step,
            train_mean_token_accuracy=0.5,
            full_valid_loss=1.5 if self.valid else None,
        )

    def learnt(self) -> dict[str, str]:
        known: dict[str, str] = {}
        if self.spec.parent:
            known = json.loads((self.spec.parent / "model.json").read_text())
        for messages in self.examples:
            for question, answer in itertools.pairwise(messages):
                if answer["role"] == "assistant":
                    known[question["content"]] = answer["content"]
        return known


@dataclass(frozen=True)
class ByHeart:
    """Answers what it was taught, a word at a time."""

    known: dict[str, str]

    @property
    def context_length(self) -> int:
        return CONTEXT_LENGTH

    def count_tokens(self, prompt: Prompt) -> int:
        texts = [prompt] if isinstance(prompt, str) else [message.content for message in prompt]
        return sum(len(text.split()) for text in texts)

    def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int | None = None,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        top_logprobs: int = 0,
    ) -> Iterator[Piece]:
        if self.count_tokens(prompt) >= CONTEXT_LENGTH:
            raise ContextLengthError(CONTEXT_LENGTH, self.count_tokens(prompt))
        question = prompt if isinstance(prompt, str) else prompt[-1].content
        return self._pieces(question, max_tokens or CONTEXT_LENGTH, stop, top_logprobs)

    def _pieces(
        self, question: str, max_tokens: int, stop: Sequence[str], top_logprobs: int
    ) -> Iterator[Piece]:
        if question == "break":
            yield Piece("half")
            raise RuntimeError("the model broke")
        if question == "for ever":
            yield from forever()
        words = self.known.get(question, "unknown").split(" ")
        for place, word in enumerate(words):
            if word in stop:
                break
            if place == max_tokens:
                yield Piece("", finish_reason="length")
                return
            text = word if place == 0 else f" {word}"
            others = (Token(text.encode(), -0.5), Token(b"\xff", -float("inf")))
            yield Piece(text, (GeneratedToken(text.encode(), -0.5, others[:top_logprobs]),))
        yield Piece("", finish_reason="stop")


pieces_made: list[float] = []
"""When each piece of an endless answer was made."""


def forever() -> Iterator[Piece]:
    while True:
        time.sleep(0.005)
        pieces_made.append(time.monotonic())
        yield Piece("on ", (GeneratedToken(b"on ", -1.0),))


def load(folder: Path) -> ByHeart:
    return ByHeart(json.loads((folder / "model.json").read_text()))


if __name__ == "__main__":
    sys.exit(Training(Path(sys.argv[1])).run())
