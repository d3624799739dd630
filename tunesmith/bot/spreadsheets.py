"""Cells that no spreadsheet runs."""

# OWASP, "CSV Injection": with the forms of full width, that some spreadsheets take for these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(text: str) -> str:
    """A text as a cell; one that a spreadsheet would take for a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text
