"""A base model of some hundred thousand parameters with a tokenizer of its own, made at once.

Its weights are chance. What it needs is what real ones have: a Llama or a Qwen by transformers, a
byte-level BPE, a chat template.
"""

from pathlib import Path
from typing import Any

import pytest

from tunesmith.local.trainer.engines.lora.libraries import torch, transformers

REASON = "needs the extra lora (make test-lora)"
tokenizers: Any = pytest.importorskip("tokenizers", reason=REASON)
for _library in ("torch", "peft", "transformers"):
    pytest.importorskip(_library, reason=REASON)

CHATML = (
    "{%- if tools %}<|im_start|>system\nTools: {{ tools | tojson }}<|im_end|>{{ '\n' }}{%- endif %}"
    "{%- for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}"
    "{%- for call in message.tool_calls or [] %}"
    "<tool_call>{{ call.function | tojson }}</tool_call>"
    "{%- endfor %}<|im_end|>{{ '\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Turns as most models have them, without marks of what the assistant says."""

MARKED = (
    "{%- for message in messages %}<|im_start|>{{ message.role }}{{ '\n' }}"
    "{%- if message.role == 'assistant' %}"
    "{% generation %}{{ message.content }}<|im_end|>{% endgeneration %}{{ '\n' }}"
    "{%- else %}{{ message.content }}<|im_end|>{{ '\n' }}{% endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The same turns with marks."""

THINKING = (
    "{%- for message in messages %}<|im_start|>{{ message.role }}{{ '\n' }}"
    "{%- if message.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}"
    "{{ message.content }}<|im_end|>{{ '\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Turns whose last answer is laid out otherwise than those before it."""

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXTS = [
    "How long is the warranty? Two years, five on the boiler. Which water do I use?",
    "보증 기간이 얼마나 되나요? 본체는 2년, 보일러는 5년입니다.",
    "可以退货吗？ 可以，30 天内免费退货。",
    "system user assistant tool the of and to in is that it for",
]


def make_tokenizer(template: str | None = CHATML) -> Any:
    """A byte-level BPE that knows every byte and some words."""
    byte_level = tokenizers.pre_tokenizers.ByteLevel
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = byte_level(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=SPECIALS,
        initial_alphabet=byte_level.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 4, trainer)
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )
    made.add_special_tokens({"additional_special_tokens": SPECIALS[1:]})
    made.chat_template = template
    return made


def make_base(folder: Path, kind: str = "llama", template: str | None = CHATML) -> Path:
    """Write a base model with weights of chance, the same each time."""
    tokenizer = make_tokenizer(template)
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = {"llama": transformers.LlamaConfig, "qwen": transformers.Qwen3Config}[kind](**shape)
    torch.manual_seed(7)
    model = transformers.AutoModelForCausalLM.from_config(config)
    # Weights this large make a model of chance sure of itself, as a trained one is.
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(3.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
