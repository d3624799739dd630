"""The engine for real base models: LoRA adapters (arXiv:2106.09685) by transformers and PEFT.

Needs the extra `lora`; without it the package can be imported, not used.
"""

from .generator import LoraGenerator, load, load_base

__all__ = ["LoraGenerator", "load", "load_base"]
