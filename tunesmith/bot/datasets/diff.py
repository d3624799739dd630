"""A unified diff of two files of lines, written line by line."""

from typing import IO


class UnifiedDiff:
    """Writes a unified diff without context: complete, and in memory that does not grow.

    Nothing in it is masked: it is for whoever has the file.
    """

    def __init__(self, file: IO[str], before: str, after: str) -> None:
        self._file = file
        self._head = f"--- {before}\n+++ {after}\n"
        self._left_out = 0

    def change(self, number: int, before: bytes, after: bytes) -> None:
        """Line `number`, from 1, in both versions with its line feed; b"" where it is left out."""
        self._file.write(self._head)
        self._head = ""
        place = number - self._left_out
        if after:
            self._file.write(f"@@ -{number} +{place} @@\n")
        else:
            self._left_out += 1
            self._file.write(f"@@ -{number} +{place - 1},0 @@\n")
        for sign, line in (("-", before), ("+", after)):
            if line:
                text = line.decode(errors="backslashreplace")
                end = "" if text.endswith("\n") else "\n\\ No newline at end of file\n"
                self._file.write(sign + text + end)
