"""Images in messages: where, how many, of which type and size.

Source: developers.openai.com/api/docs/guides/vision-fine-tuning (as of 2026-11-20): JPEG, PNG or
WEBP, RGB or RGBA, at most 10 MB each and 10 an example, 50,000 examples with images a file.
"""

import base64
import binascii
import io
from typing import NamedTuple

from tunesmith.bot.datasets.findings import (
    Collector,
    Json,
    JsonObject,
    Path,
    Rule,
    error,
    note,
)

RULES: dict[str, Rule] = {
    "image_not_user": error(),
    "invalid_image_url": error(),
    "image_type": error(),
    "image_too_large": error(),
    "image_mode": error(),
    "too_many_images": error(),
    "image_size_unknown": note(),
}

MAX_IMAGES = 10
MAX_IMAGE_EXAMPLES = 50_000
_MAX_BYTES = 10_000_000
_TYPES = ("JPEG", "PNG", "WEBP")


class Image(NamedTuple):
    """What the head of an image says. `size` is width and height in pixels."""

    type: str
    size: tuple[int, int]
    mode: str


def image_url(part: JsonObject) -> tuple[str, str]:
    """The address and the detail ("auto", "low", "high") of an image part; "" where it has none."""
    holder = part.get("image_url")
    if not isinstance(holder, dict):
        return "", "auto"
    url, detail = holder.get("url"), holder.get("detail")
    return url if isinstance(url, str) else "", detail if isinstance(detail, str) else "auto"


def read_head(url: str) -> Image | None:
    """Look at the head of a base64 data URL; None where it is no image that can be read."""
    head, _, data = url.partition(";base64,")
    if not head.startswith("data:image/"):
        return None
    # The size stands in the first kilobytes, but in a JPEG behind all its metadata.
    return _open(data[: 4 * 65_536]) or _open(data)


def _open(data: str) -> Image | None:
    from PIL import Image as Pillow  # noqa: PLC0415 - only files with images pay for it

    try:
        with Pillow.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            return Image(image.format or "?", image.size, image.mode)
    except (binascii.Error, ValueError, OSError, SyntaxError, Pillow.DecompressionBombError):
        return None


def check(part: JsonObject, role: Json, path: Path, found: Collector) -> None:
    """Check one image part."""
    if role != "user":
        found.add("image_not_user", path)
    url, _ = image_url(part)
    path = (*path, "image_url", "url")
    if url.startswith(("http://", "https://")):
        found.add("image_size_unknown", path, url[:80])
        return
    image = read_head(url)
    if image is None:
        found.add("invalid_image_url", path, url[:40])
        return
    if image.type not in _TYPES:
        found.add("image_type", path, kind=image.type)
    elif image.mode not in ("RGB", "RGBA"):
        found.add("image_mode", path, mode=image.mode)
    size = (len(url) - url.index(",") - 1) * 3 // 4
    if size > _MAX_BYTES:
        found.add("image_too_large", path, size=size, limit=_MAX_BYTES)


def parts(message: JsonObject) -> list[JsonObject]:
    """The image parts of a message."""
    content = message.get("content")
    if not isinstance(content, list):
        return []
    return [part for part in content if isinstance(part, dict) and part.get("type") == "image_url"]


def check_count(messages: list[Json], path: Path, found: Collector) -> None:
    """Say when an example has too many images."""
    images = sum(len(parts(message)) for message in messages if isinstance(message, dict))
    if images > MAX_IMAGES:
        found.add("too_many_images", path, count=images, limit=MAX_IMAGES)
