"""A checkpoint is a Hugging Face Llama: transformers' own implementation gives the same numbers.

Needs the extra `lora`; without it these tests are skipped.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainer_engine.engine_job import FACTS, answer, question
from tunesmith.local.trainer.engines.tiny import TinyGenerator
from tunesmith.local.trainer.engines.tiny.checkpoint import Model
from tunesmith.local.trainer.engines.tiny.decoding import Decoding
from tunesmith.local.trainer.engines.tiny.examples import encode_prompt

REASON = "needs the extra lora (make test-lora)"
torch: Any = pytest.importorskip("torch", reason=REASON)
transformers: Any = pytest.importorskip("transformers", reason=REASON)


@pytest.fixture(scope="module")
def llama(tuned_folder: Path) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(tuned_folder)


@pytest.fixture(scope="module")
def llama_tokenizer(tuned_folder: Path) -> Any:
    return transformers.AutoTokenizer.from_pretrained(tuned_folder)


@pytest.mark.parametrize("text", FACTS)
def test_logits_equal_those_of_transformers_within_1e_4(tuned_model: Model, llama: Any, text: str):
    ids = encode_prompt(question(text), tuned_model.tokenizer)
    with torch.no_grad():
        theirs = llama(torch.tensor([ids])).logits[0].numpy()
    for end in range(1, len(ids) + 1):
        ours = Decoding(tuned_model.weights, end).read(ids[:end])
        np.testing.assert_allclose(ours, theirs[end - 1], atol=1e-4)


@pytest.mark.parametrize("text", FACTS)
def test_greedy_text_equals_that_of_transformers(
    model: TinyGenerator, llama: Any, llama_tokenizer: Any, text: str
):
    chat = [{"role": "user", "content": text}]
    read = llama_tokenizer.apply_chat_template(
        chat, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    written = llama.generate(**read, max_new_tokens=60, do_sample=False)[0]
    theirs = llama_tokenizer.decode(written[read["input_ids"].shape[1] :], skip_special_tokens=True)
    assert answer(model, text) == theirs


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_ids_equal_those_of_the_exported_tokenizer(
    tuned_model: Model, llama_tokenizer: Any, text: str
):
    ids = tuned_model.tokenizer.encode(text)
    assert llama_tokenizer.encode(text, add_special_tokens=False) == ids
    assert llama_tokenizer.decode(ids) == text


def test_chats_are_laid_out_as_the_exported_template_says(tuned_model: Model, llama_tokenizer: Any):
    chat = [{"role": "user", "content": "Hello, 커피!"}]
    ids = llama_tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=False)
    assert ids == encode_prompt(question("Hello, 커피!"), tuned_model.tokenizer)
