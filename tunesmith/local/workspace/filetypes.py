"""What Slack calls a file by its name. https://docs.slack.dev/reference/objects/file-object#types

`.jsonl` is unknown to Slack, so it arrives as binary; a bot must look at name and content.
"""

from pathlib import PurePath

_BINARY = ("binary", "Binary", "application/octet-stream")
_TYPES = {
    ".csv": ("csv", "CSV", "text/csv"),
    ".gif": ("gif", "GIF", "image/gif"),
    ".html": ("html", "HTML", "text/html"),
    ".jpeg": ("jpg", "JPEG", "image/jpeg"),
    ".jpg": ("jpg", "JPEG", "image/jpeg"),
    ".json": ("json", "JSON", "application/json"),
    ".md": ("markdown", "Markdown (raw)", "text/markdown"),
    ".pdf": ("pdf", "PDF", "application/pdf"),
    ".png": ("png", "PNG", "image/png"),
    ".py": ("python", "Python", "text/x-python"),
    ".sql": ("sql", "SQL", "text/plain"),
    ".svg": ("svg", "SVG", "image/svg+xml"),
    ".tsv": ("tsv", "TSV", "text/tab-separated-values"),
    ".txt": ("text", "Plain Text", "text/plain"),
    ".webp": ("webp", "WebP", "image/webp"),
    ".xlsx": (
        "xlsx",
        "Excel Spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ".zip": ("zip", "Zip", "application/zip"),
}


def describe(name: str) -> tuple[str, str, str]:
    """`filetype`, `pretty_type` and `mimetype` of a file with this name."""
    return _TYPES.get(PurePath(name).suffix.lower(), _BINARY)
