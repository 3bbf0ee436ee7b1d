"""A picture to take away: panels beside each other over a caption that says what they show, as PNG.

Words of any script are printed as ``explorer.pictures.fonts`` does. The PNG's own text has all words as they were.
"""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps
from PIL.PngImagePlugin import PngInfo

from explorer.cam.saliency_map import Method
from explorer.cam.words import METHOD_NAMES
from explorer.pictures.fonts import step, wrapped, write

SOFTWARE = "ResNet Explorer"
LEAST_HEIGHT = 336  # pixels of the panels; smaller ones are enlarged
_LEAST_WIDTH = 640  # of the whole picture, so that its caption stays short
_MOST_WIDTH = 1600  # of a panel
_LEAST_TEXT, _MOST_TEXT = 15, 40


def caption_lines(
    *, model: str, weights: str, layer: str, target: str, method: Method, against: str = "", picture: str = ""
) -> tuple[str, ...]:
    """The caption of a map: network and weights; method, layer and class; the picture's name where it has one."""
    place = f" at {layer}" if layer else ""
    versus = f", not for {against}" if against else ""
    lines = (f"{model}, weights: {weights}", f"{METHOD_NAMES[method]}{place}: evidence for {target}{versus}")
    return (*lines, f"Picture: {picture}") if picture else lines


def captioned_png(
    panels: Sequence[tuple[str, Image.Image]],
    lines: Sequence[str],
    *,
    title: str = "Map of evidence",
    key: Image.Image | None = None,
) -> bytes:
    """A PNG of the panels, each under its words, in one row, all as high; under them ``lines``, wrapped.

    ``key`` is a picture of what the colours mean (``explorer.charts.cam.colour_key.key_image``). The file's text has
    the title, the caption as its description and the software: nothing else, no time and nothing out of the pictures.

    Raises:
        ValueError: there are no panels.
    """
    if not panels:
        raise ValueError("There is no panel to save: give at least one picture.")
    images = _as_high([picture.convert("RGB") for _, picture in panels])
    gap = max(images[0].height // 40, 8)
    row = sum(image.width + gap for image in images) + gap
    width = max(row, _LEAST_WIDTH)
    size = min(max(round(width / 50), _LEAST_TEXT), _MOST_TEXT)
    heads = [wrapped(words, size, image.width - gap) for (words, _), image in zip(panels, images, strict=True)]
    foot = [part for line in lines for part in wrapped(line, size, width - 2 * gap)]
    head_height = max(map(len, heads)) * step(size)
    below = gap + head_height + images[0].height + gap
    key_height = key.height + gap if key else 0
    canvas = Image.new("RGB", (width, below + key_height + len(foot) * step(size) + gap), "white")
    draw = ImageDraw.Draw(canvas)
    left = gap + (width - row) // 2
    for head, image in zip(heads, images, strict=True):
        write(draw, head, (left, gap + head_height - len(head) * step(size)), size)
        canvas.paste(image, (left, gap + head_height))
        left += image.width + gap
    if key:
        canvas.paste(key, ((width - key.width) // 2, below))
    write(draw, foot, (gap, below + key_height), size)
    return _saved(canvas, title, [f"{words}." for words, _ in panels if words], lines)


def _as_high(images: Sequence[Image.Image]) -> list[Image.Image]:
    """All pictures as high as the highest, whose pixels stay as they are unless they are few.

    One that would be wider than ``_MOST_WIDTH`` so is lower, on white.
    """
    height = max(LEAST_HEIGHT, *(image.height for image in images))
    found = []
    for image in images:
        scale = min(height / image.height, max(_MOST_WIDTH / image.width, 1))
        size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
        scaled = image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)
        if scaled.height < height:
            scaled = ImageOps.pad(scaled, (scaled.width, height), color="white")
        found.append(scaled)
    return found


def _saved(canvas: Image.Image, title: str, heads: Sequence[str], lines: Sequence[str]) -> bytes:
    info = PngInfo()
    description = "\n".join([*lines, f"From left to right: {' '.join(heads)}"] if heads else lines)
    for keyword, text in (("Title", title), ("Description", description), ("Software", SOFTWARE)):
        # What is no character at all (half of a surrogate pair) cannot be written, a zero byte would end the text.
        sound = text.replace("\0", " ").encode("utf-8", "backslashreplace").decode("utf-8")
        info.add_text(keyword, sound)
    data = io.BytesIO()
    canvas.save(data, "PNG", pnginfo=info)
    return data.getvalue()
