"""One person's way with a file, from attaching it to an answer, and what must be left of it."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos import files
from tests.chaos.colleague import (
    Colleague,
    Found,
    Message,
    buttons,
)
from tests.chaos.engine import SLOW_EPOCHS
from tests.chaos.files import Attached
from tests.chaos.labels import is_answer, is_result, label, report_label
from tests.support.slice import MODEL
from tests.support.world import key, words


@dataclass(frozen=True)
class Question:
    """A question that was asked; `mark` is in it and in its answer.

    `thread` is where it must be answered. A command is answered in the channel itself or in a
    thread that gathers many (None), and one that may not have been taken need not be (`sure`).
    """

    number: int
    mark: str
    thread: str | None = None
    sure: bool = True

    @property
    def text(self) -> str:
        """What is asked."""
        return f"{files.question(self.number)} {self.mark}"

    @property
    def answer(self) -> str:
        """The whole answer."""
        return f"{files.answer(self.number)} {self.mark}"


@dataclass(slots=True)
class Journey:
    """What somebody did and has to find at the end.

    `must` counts what must stand in each thread by its label (`labels.py`), `may` what may stand
    there besides; `jobs` are the jobs that were started, with whether they were cancelled.
    """

    number: int
    kind: str
    rng: random.Random
    people: list[Colleague]
    channel: str
    must: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    may: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    questions: list[Question] = field(default_factory=list[Question])
    jobs: dict[str, bool] = field(default_factory=dict[str, bool])
    history: list[str] = field(default_factory=list[str])
    stopped: str | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def mark(self) -> str:
        """What is in the names of this journey's files."""
        return f"j{self.number}"

    @property
    def person(self) -> Colleague:
        """Who does it; the others only press the same button at the same time."""
        return self.people[0]

    def note(self, what: str) -> None:
        """Add to the history."""
        self.history.append(f"{time.strftime('%H:%M:%S', time.gmtime())} {what}")

    async def attach(self, *attached: Attached, who: Colleague | None = None) -> str:
        """Attach files, and ask for the check of those that are not checked by themselves."""
        person = who or self.person
        thread = await person.attach(self.channel, list(attached))
        self.note(f"{person.user} attached {[file.name for file in attached]}: {thread}")
        self.must[thread], self.may[thread] = Counter(), Counter()
        for file in attached:
            self._expect_report(thread, file.name, file.buttons, picture=file.picture)
        # In a direct message, every file is for the bot.
        if attached[0].by_shortcut and not self.channel.startswith("D"):
            taken = await person.run_shortcut(self.channel, thread)
            self.note(f"asked for the check, taken at try {taken}")
            for name in self.must[thread]:
                self.may[thread][name] += taken - 1
        return thread

    def _expect_report(
        self, thread: str, name: str, has: tuple[str, ...], *, picture: bool = False
    ) -> None:
        self.must[thread] += Counter(
            [report_label(name, has), f"{name} findings.csv", f"{name} findings.json"]
        )
        if picture:
            self.must[thread]["histogram"] += 1

    async def report(self, thread: str, name: str) -> Message:
        """The report on a file."""
        found = await self._see(thread, f"the report on {name}", _is_report_on(name))
        self.note(f"saw the report on {name}: {buttons(found)}")
        return found

    async def press(self, thread: str, message: Message, action: str, name: str) -> Message:
        """Press a button, perhaps twice or together with somebody; the report on its file."""
        self.note(f"presses {action}")
        others = self.people[: self.rng.choice([0, 0, 1, 2])]
        pressed = [person.press(self.channel, message, action) for person in others]
        report, _ = await asyncio.gather(
            self.person.press_for(
                self.channel,
                message,
                action,
                thread=thread,
                what=f"what comes of {action}",
                found=_is_report_on(name),
            ),
            asyncio.gather(*pressed),
        )
        self.note(f"saw the report on {name}")
        return report

    async def fix(self, thread: str, report: Message, name: str) -> Message:
        """Have a file fixed; the report on the fixed one."""
        fixed = name.replace(".jsonl", ".fixed.jsonl")
        self.must[thread] += Counter(["fix.told", f"file {fixed}"])
        self._expect_report(thread, fixed, ("start_job",))
        preview = await self.person.press_for(
            self.channel,
            report,
            "fix_file",
            thread=thread,
            what="the preview of the fix",
            found=lambda m: key(m).startswith("fix.told:") and "write_fixed" in words(m),
        )
        self.note("saw the preview")
        return await self.press(thread, preview, "write_fixed", fixed)

    async def convert(self, thread: str, report: Message, name: str) -> Message:
        """Have a file converted; the report on the converted one."""
        converted = name.rpartition(".")[0] + ".jsonl"
        more = ("fix_file",) if name.endswith(".csv") else ()
        self.must[thread][f"file {converted}"] += 1
        self._expect_report(thread, converted, ("start_job", *more))
        return await self.press(thread, report, "convert_file", converted)

    async def split(self, thread: str, report: Message, name: str) -> Message:
        """Have a tenth set aside; the report on the part to train on."""
        stem = name.removesuffix(".jsonl")
        self.must[thread] += Counter(
            ["split.told", f"file {stem}-train.jsonl", f"file {stem}-valid.jsonl"]
        )
        self._expect_report(thread, f"{stem}-train.jsonl", ("start_job",), picture=True)
        return await self.press(thread, report, "split_file", f"{stem}-train.jsonl")

    async def train(self, thread: str, report: Message, *, cancel: bool = False) -> Message:
        """Start a job from a report, and wait for its end."""
        epochs = str(SLOW_EPOCHS) if cancel else str(self.rng.choice([2, 3, 4]))
        values = {"model": MODEL, "epochs": epochs}
        async with self.person.form(self.channel, report, "start_job") as modal:
            times = self.rng.choice([1, 1, 2])
            await asyncio.gather(*(self.person.submit(modal, values) for _ in range(times)))
        self.note(f"sent the form, {times} at once")
        self.must[thread] += Counter(["progress", "job.told"] if cancel else ["progress"])
        self.may[thread]["checkpoints"] += 1  # told while a job runs that makes some
        progress = await self._see(thread, "the job's progress", _begins("progress:"))
        job = key(progress).removeprefix("progress:")
        self.jobs[job] = cancel
        self.note(f"saw the progress of job {job}")
        if cancel:
            await self._cancel(thread, progress)
        final = await self._see(thread, "the job's end", _is_end_of(progress))
        self.note(f"saw the end: {final['text']}")
        return final

    async def _cancel(self, thread: str, progress: Message) -> None:
        await asyncio.sleep(self.rng.uniform(0, 4))
        pressing = self.people[: self.rng.choice([1, 1, 2])]
        self.note(f"cancels, {len(pressing)} at once")
        await asyncio.gather(
            self.person.press_for(
                self.channel,
                progress,
                "cancel_job",
                thread=thread,
                what="the job's end",
                found=_is_end_of(progress),
            ),
            *(one.press(self.channel, progress, "cancel_job") for one in pressing[1:]),
        )

    async def ask(self, thread: str, final: Message) -> None:
        """Ask the model in one of the ways there are, and wait for the answer."""
        direct = self.channel.startswith("D")
        ways = [self._ask_directly] if direct else [self._mention]
        await self.rng.choice([*ways, *ways, self._ask_by_form, self._ask_by_command])(
            thread, final
        )

    def _question(self, thread: str | None, number: int, *, sure: bool = True) -> Question:
        mark = self._mark(len(self.questions))
        asked = Question(number, mark, thread, sure)
        self.questions.append(asked)
        return asked

    def _mark(self, count: int) -> str:
        return f"#q{self.number}x{count}z"  # no mark begins another

    async def _mention(self, thread: str, _final: Message) -> None:
        asked = self._question(thread, self.rng.randrange(12))
        await self.person.say(self.channel, f"@tunesmith {asked.text}", thread)
        await self._answered(thread, asked)

    async def _ask_directly(self, thread: str, _final: Message) -> None:
        asked = self._question(thread, self.rng.randrange(12))
        await self.person.say(self.channel, asked.text, thread)
        await self._answered(thread, asked)

    async def _ask_by_form(self, thread: str, final: Message) -> None:
        asked = self._question(thread, self.rng.randrange(12))
        async with self.person.form(self.channel, final, "ask_model") as modal:
            await self.person.submit(modal, {"question": asked.text})
        await self._answered(thread, asked)

    async def _ask_by_command(self, _thread: str, _final: Message) -> None:
        number, first = self.rng.randrange(12), len(self.questions)

        def mark(tries: int) -> str:
            return self._mark(first + tries - 1)

        begun, tries = await self.person.command_for(
            self.channel,
            lambda tries: f"/ask {files.question(number)} {mark(tries)}",
            lambda m, tries: label(m) == "answer" and mark(tries) in words(m),
        )
        for _ in range(tries - 1):
            self._question(None, number, sure=False)
        asked = self._question(None, number)
        await self._answered(begun.get("thread_ts"), asked)

    async def _answered(self, thread: str | None, asked: Question) -> None:
        self.note(f"asked {asked.text!r}")
        await self._see(thread, f"the answer to {asked.mark}", lambda m: is_answer(m, asked.answer))
        self.note(f"saw the answer to {asked.mark}")

    async def _see(self, thread: str | None, what: str, found: Found) -> Message:
        return await self.person.wait_for(what, self.channel, thread, found)


def _begins(prefix: str) -> Found:
    return lambda message: key(message).startswith(prefix)


def _is_end_of(progress: Message) -> Found:
    return lambda message: key(message) == key(progress) and is_result(message)


def _is_report_on(name: str) -> Found:
    def found(message: Message) -> bool:
        said = label(message)
        return said is not None and said.startswith(f"report {name} ")

    return found
