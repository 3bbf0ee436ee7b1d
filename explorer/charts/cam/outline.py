"""The edge of an object as a line over a picture."""

from PIL import Image, ImageChops, ImageFilter

from explorer.cam.foreground import Bools


def outlined(image: Image.Image, mask: Bools) -> Image.Image:
    """The picture with a white line along the inside of the object's edge and a black one along its outside, so that
    one of them stands out from any colour. ``mask`` tells which places belong to the object, whatever its resolution.
    """
    inside = Image.fromarray(mask).convert("L").resize(image.size, Image.Resampling.NEAREST)
    white = ImageChops.subtract(inside, inside.filter(ImageFilter.MinFilter(3)))
    black = ImageChops.subtract(inside.filter(ImageFilter.MaxFilter(3)), inside)
    drawn = image.copy()
    drawn.paste("white", mask=white)
    drawn.paste("black", mask=black)
    return drawn
