"""Amounts as people read them."""


def bytes_text(count: int) -> str:
    """``102_228_128`` -> "97 MB". A kB is 1,024 bytes and an MB 1,024 kB, as in torchvision's table of weights."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1024:
            return f"{size:.1f} {unit}" if size < 10 and unit != "bytes" else f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:,.1f} GB"


def milliseconds_text(milliseconds: float) -> str:
    """``58.3`` -> "58 ms", ``310`` -> "0.31 s"."""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 100:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"


def count_text(count: int) -> str:
    """``4_089_184_256`` -> "4.09 billion"; below a million every digit."""
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if count >= size:
            return f"{count / size:,.3g} {word}" if count < 1000 * size else f"{count / size:,.0f} {word}"
    return f"{count:,}"
