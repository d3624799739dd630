"""The bytes of an answer's tokens are those of its text, whatever the vocabulary looks like."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.trainer_lora.small_model import make_tokenizer, tokenizers
from tunesmith.local.trainer.engines.lora.libraries import transformers
from tunesmith.local.trainer.engines.lora.token_bytes import TokenBytes

BYTE_LEVEL = make_tokenizer()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def sentencepiece_like() -> Any:
    """A vocabulary as Llama 2 has it: spaces as signs, single bytes in brackets."""
    known = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", "a", "\u2581a", "한"]
    vocabulary = {piece: number for number, piece in enumerate(known)}
    model = tokenizers.models.BPE(
        vocabulary, [("\u2581", "a")], unk_token="<unk>", byte_fallback=True, fuse_unk=True
    )
    made = tokenizers.Tokenizer(model)
    made.normalizer = tokenizers.normalizers.Replace(" ", "\u2581")
    decoders = tokenizers.decoders
    made.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>")


SENTENCEPIECE = sentencepiece_like()


def joined(tokenizer: Any, text: str) -> bytes:
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return b"".join(TokenBytes(tokenizer).of(one, first=False) for one in ids)


@given(TEXT)
def test_of_a_byte_level_vocabulary(text: str):
    assert joined(BYTE_LEVEL, text) == text.encode()


@given(st.text("a 한é😀\n", max_size=30))
def test_of_a_vocabulary_like_sentencepieces(text: str):
    assert joined(SENTENCEPIECE, text) == text.encode()


def test_a_sign_of_the_models_own_has_none_and_a_first_space_is_not_the_answers():
    ends = BYTE_LEVEL.convert_tokens_to_ids("<|im_end|>")
    assert TokenBytes(BYTE_LEVEL).of(ends, first=False) == b""
    spaced = SENTENCEPIECE.convert_tokens_to_ids("\u2581a")
    assert TokenBytes(SENTENCEPIECE).of(spaced, first=True) == b"a"
