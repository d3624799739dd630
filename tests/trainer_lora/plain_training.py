"""What transformers and PEFT alone learn from the facts, laid out and added up by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.trainer_engine.engine_job import FACTS
from tunesmith.local.trainer.engines.lora.libraries import functional, peft, torch, transformers

SEED = 3


def plain_model(base: Path) -> Any:
    model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules="all-linear"
    )
    torch.manual_seed(SEED)
    return peft.get_peft_model(model, config)


def chatml(tokenizer: Any, question: str, answer: str) -> tuple[list[int], list[int]]:
    """The ids of a chat and, after its prompt, its labels, laid out by hand."""
    prompt = f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
    before = tokenizer(prompt)["input_ids"]
    learnt = tokenizer(f"{answer}<|im_end|>")["input_ids"]
    after = tokenizer("\n")["input_ids"]
    return before + learnt + after, [-100] * len(before) + learnt + [-100] * len(after)


def batch(some: Sequence[tuple[list[int], list[int]]]) -> dict[str, Any]:
    width = max(len(ids) for ids, _ in some)
    return {
        "input_ids": torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in some]),
        "labels": torch.tensor([labels + [-100] * (width - len(labels)) for _, labels in some]),
        "attention_mask": torch.tensor([[1] * len(i) + [0] * (width - len(i)) for i, _ in some]),
    }


def plain_losses(
    base: Path, rate: float, loss_of: Callable[[Any, Any, list[int]], Any]
) -> list[float]:
    """Six steps by AdamW and transformers' own cosine: two epochs of ten rows by four."""
    model = plain_model(base)
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    weights = [one for one in model.parameters() if one.requires_grad]
    adam = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    schedule = transformers.get_cosine_schedule_with_warmup(adam, 0, 6)
    found: list[float] = []
    model.train()
    for epoch in range(2):
        order = np.random.default_rng([SEED, epoch]).permutation(10).tolist()
        for start in range(0, 10, 4):
            loss = loss_of(model, tokenizer, order[start : start + 4])
            found.append(float(loss.detach()))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            schedule.step()
            adam.zero_grad()
    return found


def supervised_loss(model: Any, tokenizer: Any, rows: list[int]) -> Any:
    facts = list(FACTS.items())
    return model(**batch([chatml(tokenizer, *facts[row]) for row in rows])).loss


def dpo_loss(model: Any, tokenizer: Any, rows: list[int]) -> Any:
    facts = list(FACTS.items())
    answers = [
        (facts[row][0], answer) for row in rows for answer in (facts[row][1], "I do not know.")
    ]
    inputs = batch([chatml(tokenizer, *one) for one in answers])
    labels = inputs.pop("labels")

    def logprobs() -> Any:
        found = torch.log_softmax(model(**inputs).logits[:, :-1], -1)
        wanted = labels[:, 1:]
        picked = found.gather(-1, wanted.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        return (picked * (wanted != -100)).sum(-1).view(-1, 2)

    now = logprobs()
    with torch.no_grad(), model.disable_adapter():
        before = logprobs()
    gained = (now - before)[:, 0] - (now - before)[:, 1]
    return -functional.logsigmoid(0.1 * gained).mean()
