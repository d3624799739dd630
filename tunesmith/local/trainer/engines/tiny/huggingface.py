"""A tiny model told as a Hugging Face Llama: its config, its tensors' names, its tokenizer.

Llama's own are RMSNorm gains (ones here), linear layers stored output by input, and a gated MLP:
with ReLU and equal gate and up projections, gate(x) * up(x) is the squared ReLU of model.py.
"""

from typing import Any

import numpy as np

from .arrays import Floats, Weights
from .examples import CONTEXT
from .model import EMBEDDING, HEADS, HIDDEN, LAYERS, NORM_EPSILON, ROTARY_BASE, WIDTH
from .tokenizer import BEGIN, END, FIRST_BYTE, SPECIALS, WORD_PATTERN, Tokenizer

_EMBEDDING_TENSOR = "model.embed_tokens.weight"
_LAYER_TENSORS = {
    "query": "self_attn.q_proj",
    "key": "self_attn.k_proj",
    "value": "self_attn.v_proj",
    "out": "self_attn.o_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}

# The template of examples.py in Jinja; a developer message is a system message.
_CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<|' + ('system' if message.role == 'developer' else message.role) + '|>' }}"
    "{{ message.content + eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def config(vocabulary: int) -> dict[str, Any]:
    """The content of config.json."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": vocabulary,
        "hidden_size": WIDTH,
        "intermediate_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "max_position_embeddings": CONTEXT,
        "hidden_act": "relu",
        "rms_norm_eps": NORM_EPSILON,
        "rope_parameters": {"rope_type": "default", "rope_theta": ROTARY_BASE},
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": BEGIN,
        "eos_token_id": END,
        "dtype": "float32",
    }


def to_llama(weights: Weights) -> dict[str, Floats]:
    """The model's weights under Llama's names."""
    ones = np.ones(WIDTH, np.float32)
    tensors = {_EMBEDDING_TENSOR: weights[EMBEDDING], "model.norm.weight": ones}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}"
        for name, tensor in _LAYER_TENSORS.items():
            tensors[f"{prefix}.{tensor}.weight"] = weights[f"{layer}.{name}"].T
        tensors[f"{prefix}.mlp.gate_proj.weight"] = weights[f"{layer}.up"].T
        tensors[f"{prefix}.input_layernorm.weight"] = ones
        tensors[f"{prefix}.post_attention_layernorm.weight"] = ones
    return tensors


def from_llama(tensors: dict[str, Floats]) -> Weights:
    """The weights that to_llama told, writable and laid out as model.py uses them."""
    weights: Weights = {EMBEDDING: tensors[_EMBEDDING_TENSOR].copy()}
    for layer in range(LAYERS):
        for name, tensor in _LAYER_TENSORS.items():
            stored = tensors[f"model.layers.{layer}.{tensor}.weight"]
            weights[f"{layer}.{name}"] = stored.T.copy("C")
    return weights


def tokenizer_json(tokenizer: Tokenizer) -> dict[str, Any]:
    """The content of tokenizer.json: the same ids for any text without specials written out."""
    spelt = [*SPECIALS]
    spelt += [
        _printable(tokenizer.bytes_of(number)) for number in range(FIRST_BYTE, len(tokenizer))
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": number,
                "content": special,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for number, special in enumerate(SPECIALS)
        ],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {
                    "type": "Split",
                    "pattern": {"Regex": WORD_PATTERN},
                    "behavior": "Isolated",
                    "invert": False,
                },
                {
                    "type": "ByteLevel",
                    "add_prefix_space": False,
                    "trim_offsets": False,
                    "use_regex": False,
                },
            ],
        },
        "post_processor": None,
        "decoder": {
            "type": "ByteLevel",
            "add_prefix_space": False,
            "trim_offsets": False,
            "use_regex": False,
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            # A word that is a piece, as each known character is, needs no merges.
            "ignore_merges": True,
            "vocab": {piece: number for number, piece in enumerate(spelt)},
            "merges": [[spelt[left], spelt[right]] for left, right in tokenizer.vocabulary.merges],
        },
    }


def tokenizer_config() -> dict[str, Any]:
    """The content of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": SPECIALS[BEGIN],
        "eos_token": SPECIALS[END],
        "clean_up_tokenization_spaces": False,
        "model_max_length": CONTEXT,
        "chat_template": _CHAT_TEMPLATE,
    }


def _printable(piece: bytes) -> str:
    """Bytes as GPT-2's byte-level alphabet writes them."""
    return "".join(_ALPHABET[value] for value in piece)


def _alphabet() -> dict[int, str]:
    """Visible Latin-1 characters stand for themselves, the other bytes for U+0100 onwards."""
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [value for value in range(256) if value not in visible]
    return {value: chr(value) for value in visible} | {
        value: chr(0x100 + number) for number, value in enumerate(others)
    }


_ALPHABET = _alphabet()
