"""How fast is a training file inspected? Beside the cookbook's script, and beside bare counting.

One file of chat examples in English, Korean, Chinese, code and SQL is read by three programs in
turn, start-up included: the cookbook's script (written anew as it stands in OpenAI's "Data
preparation and analysis for chat model fine-tuning": one process, everything in memory, format
checks and tiktoken counts), `tunesmith inspect` with every check on and the findings as JSON, and
the floor: parse each line and count its contents, in as many processes as Tunesmith takes, and
nothing else. The best of the rounds counts. All three have run once before on a few lines, so
that Python has compiled what they import. Memory is the sum over all processes of a program; it
is sampled in a round of its own, because looking at it takes a twentieth of a core.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and this file would be taken for Python's own `inspect`.
del sys.path[0]

import argparse
import json
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]

BASELINE = """
import json, sys
from collections import defaultdict
import numpy as np
from tunesmith.bot.datasets.tokens import reference

encoding = reference("o200k_base")
with open(sys.argv[1], encoding="utf-8") as file:
    dataset = [json.loads(line) for line in file]

errors = defaultdict(int)
for example in dataset:
    if not isinstance(example, dict):
        errors["data_type"] += 1
        continue
    messages = example.get("messages", None)
    if not messages:
        errors["missing_messages_list"] += 1
        continue
    for message in messages:
        if "role" not in message or "content" not in message:
            errors["message_missing_key"] += 1
        if any(k not in ("role", "content", "name", "function_call", "weight") for k in message):
            errors["message_unrecognized_key"] += 1
        if message.get("role", None) not in ("system", "user", "assistant", "function"):
            errors["unrecognized_role"] += 1
        content = message.get("content", None)
        if (not content and not message.get("function_call")) or not isinstance(content, str):
            errors["missing_content"] += 1
    if not any(message.get("role", None) == "assistant" for message in messages):
        errors["example_missing_assistant_message"] += 1

def tokens_of(messages):
    count = 3
    for message in messages:
        count += 3
        for key, value in message.items():
            count += len(encoding.encode(value, disallowed_special=()))
            count += key == "name"
    return count

def answer_tokens_of(messages):
    return sum(
        len(encoding.encode(message["content"], disallowed_special=()))
        for message in messages if message["role"] == "assistant"
    )

lengths, answers, counts = [], [], []
without_system = without_user = 0
for example in dataset:
    messages = example["messages"]
    without_system += not any(message["role"] == "system" for message in messages)
    without_user += not any(message["role"] == "user" for message in messages)
    counts.append(len(messages))
    lengths.append(tokens_of(messages))
    answers.append(answer_tokens_of(messages))
for values in (counts, lengths, answers):
    print(min(values), max(values), np.mean(values), np.median(values), np.quantile(values, 0.1))
print(json.dumps({"tokens": sum(lengths), "answers": sum(answers), "errors": dict(errors)}))
"""

FLOOR = """
import sys
import orjson, toktok

path, number, of = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
total, rest = 0, b""
with open(path, "rb", buffering=0) as file:
    for block in range(sys.maxsize):
        chunk = file.read(1 << 20)
        if not chunk:
            break
        data, _, after = (rest + chunk).rpartition(b"\\n")
        rest = after
        if block % of == number:
            contents = [
                message["content"]
                for line in data.split(b"\\n")
                for message in orjson.loads(line)["messages"]
            ]
            total += sum(toktok.batch_count(contents, "o200k_base", 1))
print(total)
"""

_KOREAN = (
    "주문 고객 상품 배송 결제 환불 재고 회원 매장 직원 데이터 분석 질문 답변 테이블 조회 "
    "합계 평균 기간 오늘 어제 지난달 서울 부산 정보 확인 처리 시스템 서비스 요청 결과 설명 "
    "예시 문장 한국어 모델 학습 파일 형식 오류 수정 제안 날씨 음식 여행 역사 문화 경제 회사 "
    "사람 시간 문제 방법 경우 생각 사용 필요 가격 목록 이름 주소"
)
_ENDINGS = (
    "은 는 이 가 을 를 에서 으로 하고 했습니다 합니다 해주세요 인가요? 입니다. 이며 되었고 "
    "때문에 까지 부터 보다 에게 처럼 마다 하는 했던 하면 하지만 그리고 있습니다. 없습니다."
)
_CHINESE = (
    "订单 客户 商品 配送 付款 退款 库存 会员 门店 员工 数据 分析 问题 回答 表格 查询 总计 "
    "平均 期间 今天 昨天 上个月 北京 上海 信息 确认 处理 系统 服务 请求 结果 说明 例子 句子 "
    "中文 模型 训练 文件 格式 错误 修改 建议 天气 食物 旅行 历史 文化 经济 公司 时间 方法 "
    "情况 认为 使用 需要 价格 名单 名字 地址 我们 他们 这个 那个 可以 应该 但是 因为 所以 "
    "如果 已经 没有 还是 非常 一个 就是 的 了 在 是 和 有 不 也 都 很"
)
_TABLES = ("orders", "customers", "shops", "stock_items", "payments", "refunds", "staff")
_SYSTEMS = (
    "You are a helpful assistant.",
    "당신은 데이터 분석가입니다. 질문에 SQL로 답하세요.",
    "你是一个数据分析助手，请用SQL回答问题。",
)


class Corpus:
    """Examples made by chance, the same for the same seed and Python.

    English and code are pieces of Python's own library; Korean and Chinese are made of words.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        library = Path(json.__file__).parents[1]
        self._code = [path.read_text("utf-8", "ignore") for path in sorted(library.glob("*.py"))]
        self._english = [
            text for code in self._code for text in code.split('"""')[1::2] if len(text) > 500
        ]
        self._words = {
            "korean": (_KOREAN.split(), _ENDINGS.split()),
            "chinese": (_CHINESE.split(), ["", "", "", "，", "。"]),
        }
        self._kinds: list[Callable[[int], str]] = [
            self._piece_of_english,
            self._piece_of_code,
            self._korean,
            self._chinese,
            self._sql,
        ]

    def write(self, path: Path, size: int) -> None:
        """Write `size` bytes of examples."""
        with path.open("w", encoding="utf-8") as file:
            written = 0
            while written < size:
                line = json.dumps(self._example(), ensure_ascii=False) + "\n"
                written += len(line.encode())
                file.write(line)

    def _example(self) -> dict[str, Any]:
        chance, messages = self._chance, list[dict[str, str]]()
        if chance.random() < 0.8:
            messages.append({"role": "system", "content": chance.choice(_SYSTEMS)})
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            asked, answered = chance.choice(self._kinds), chance.choice(self._kinds)
            messages.append({"role": "user", "content": asked(chance.randrange(30, 400))})
            messages.append({"role": "assistant", "content": answered(chance.randrange(50, 1500))})
        return {"messages": messages}

    def _piece_of_english(self, size: int) -> str:
        return self._piece(self._english, size)

    def _piece_of_code(self, size: int) -> str:
        return self._piece(self._code, size)

    def _piece(self, texts: list[str], size: int) -> str:
        text = self._chance.choice(texts)
        start = self._chance.randrange(max(1, len(text) - size))
        return text[start : start + size]

    def _korean(self, size: int) -> str:
        stems, endings = self._words["korean"]
        chance = self._chance
        return " ".join(chance.choice(stems) + chance.choice(endings) for _ in range(size // 5 + 1))

    def _chinese(self, size: int) -> str:
        words, marks = self._words["chinese"]
        chance = self._chance
        return "".join(chance.choice(words) + chance.choice(marks) for _ in range(size // 3 + 1))

    def _sql(self, size: int) -> str:
        chance, statements = self._chance, list[str]()
        for _ in range(size // 180 + 1):
            table, other = chance.sample(_TABLES, 2)
            statements.append(
                f"SELECT {table}.id, SUM({table}.amount_{chance.randrange(20)}) AS total "
                f"FROM {table} JOIN {other} ON {other}.id = {table}.{other}_id "
                f"WHERE {table}.created_at >= '20{chance.randrange(10, 26)}-01-01' "
                f"GROUP BY {table}.id ORDER BY total DESC LIMIT {chance.randrange(1000)};"
            )
        return "\n".join(statements)


class Run(NamedTuple):
    """What a program took: seconds on the wall clock and of processor time."""

    seconds: float
    processor: float


def measure(commands: list[list[str]], compiled: Path) -> tuple[Run, str]:
    """Run programs side by side; gives what they took together, and what the first one wrote.

    Python keeps what it has compiled in the folder `compiled`.
    """
    started, before = time.perf_counter(), os.times()
    with tempfile.TemporaryFile("w+") as output:
        for process in _start(commands, compiled, output):
            process.wait()
        seconds, after = time.perf_counter() - started, os.times()
        output.seek(0)
        written = output.read()
    processor = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Run(seconds, processor), written


def peak_memory(commands: list[list[str]], compiled: Path) -> float:
    """The most MB that the programs hold together, looked at every 20 ms."""
    peak = 0
    with tempfile.TemporaryFile("w+") as output:
        running = _start(commands, compiled, output)
        while any(process.poll() is None for process in running):
            peak = max(peak, sum(_memory(process.pid) for process in running))
            time.sleep(0.02)
    return peak / 1e6


def _start(
    commands: list[list[str]], compiled: Path, output: IO[str]
) -> list[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return [
        subprocess.Popen([sys.executable, *command], stdout=output, cwd=ROOT, env=environment)
        for command in commands
    ]


def _memory(pid: int) -> int:
    """Resident bytes of a process and all its children."""
    total = 0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def programs_for(path: Path) -> dict[str, list[list[str]]]:
    """The three programs, each as the commands that run side by side."""
    cores = psutil.cpu_count() or 1
    inspect = "import sys; from tunesmith.bot.__main__ import main; main()"
    return {
        "cookbook's script": [["-c", BASELINE, str(path)]],
        "tunesmith inspect": [["-c", inspect, "inspect", str(path), "--output-format", "json"]],
        "floor": [["-c", FLOOR, str(path), str(n), str(cores)] for n in range(cores)],
    }


def main(size: int, rounds: int) -> None:
    """Measure, print a table, and end with one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "train.jsonl", Path(folder) / "small.jsonl"
        Corpus(seed=7).write(path, size)
        with path.open("rb") as file:
            small.write_bytes(b"".join(file.readline() for _ in range(20)))
        for commands in programs_for(small).values():
            measure(commands, Path(folder))
        runs: dict[str, list[Run]] = {name: [] for name in programs_for(path)}
        said: dict[str, str] = {}
        for _ in range(rounds):
            for name, commands in programs_for(path).items():
                run, said[name] = measure(commands, Path(folder))
                runs[name].append(run)
        programs = programs_for(path).items()
        peaks = {name: peak_memory(commands, Path(folder)) for name, commands in programs}
        megabytes = path.stat().st_size / 1e6
    theirs = json.loads(said["cookbook's script"].splitlines()[-1])
    ours = json.loads(said["tunesmith inspect"])
    assert theirs["tokens"] == ours["tokens"]["total"]
    assert theirs["answers"] == ours["tokens"]["assistant"]
    title = f"{megabytes:.0f} MB of examples on {psutil.cpu_count()} cores"
    table = Table("program", "seconds", "MB/s", "processor seconds", "peak MB", title=title)
    best = {name: min(found) for name, found in runs.items()}
    for name, run in best.items():
        speed = f"{megabytes / run.seconds:.1f}"
        cells = (f"{run.seconds:.2f}", speed, f"{run.processor:.2f}", f"{peaks[name]:.0f}")
        table.add_row(name, *cells)
    Console().print(table)
    mine = best["tunesmith inspect"]
    figures = {
        "speed_ratio": round(best["cookbook's script"].seconds / mine.seconds, 2),
        "peak_rss_mb": round(peaks["tunesmith inspect"]),
        "floor_ratio": round(mine.seconds / best["floor"].seconds, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60 MB, one round")
    parser.add_argument("--mb", type=int, default=200, help="size of the file")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    if options.quick:
        options.mb, options.rounds = 60, 1
    main(options.mb * 1_000_000, options.rounds)
