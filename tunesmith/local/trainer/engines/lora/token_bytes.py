"""The bytes that a token of a base model's vocabulary stands for."""

import re
from typing import Any

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_SPACE = "\u2581"  # How SentencePiece writes a space.


class TokenBytes:
    """Reads the two ways in which vocabularies are written: GPT-2's letters for bytes, and
    SentencePiece's text with `<0x..>` for single bytes.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._added: dict[int, Any] = tokenizer.added_tokens_decoder
        in_letters = "ByteLevel" in str(tokenizer.backend_tokenizer.decoder)
        self._letters = _letters_of_bytes() if in_letters else None

    def of(self, token: int, *, first: bool) -> bytes:
        """The token's bytes: none where it is a sign of the model's own, not text.

        `first` says that it begins an answer: SentencePiece's space before it is no part of it.
        """
        if token in self._added:
            added = self._added[token]
            return b"" if added.special else added.content.encode()
        piece: str | None = self._tokenizer.convert_ids_to_tokens(token)
        if piece is None:  # Some models' heads are wider than their vocabularies.
            return b""
        if self._letters is not None:
            return bytes(self._letters[letter] for letter in piece)
        if byte := _BYTE.fullmatch(piece):
            return bytes([int(byte[1], 16)])
        text = piece.replace(_SPACE, " ")
        return (text.removeprefix(" ") if first else text).encode()


def _letters_of_bytes() -> dict[str, int]:
    """GPT-2's alphabet: printable bytes stand for themselves, others for letters from 256 on."""
    printable = [*range(ord("!"), 127), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    shown = {chr(byte): byte for byte in printable}
    return shown | {chr(256 + number): byte for number, byte in enumerate(others)}
