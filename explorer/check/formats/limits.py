"""How much of a network is read, and the refusal of more: everything after it takes time and memory for each layer."""

from collections.abc import Sized

from explorer.check.values import CheckError, ReadText

MAX_LINE = 600  # characters; PyTorch's longest line has about 120
MAX_LAYERS = 20_000  # modules, rows of a table or lines that show a layer; ResNet-1202 has 6,000
MAX_DEPTH = 40  # modules inside of each other
MAX_NAME = 300  # characters of a dotted name; torchvision's longest has 60


def check_rows(rows: Sized) -> None:
    """Refuses a table that has more rows than a network can have."""
    if len(rows) > MAX_LAYERS:
        raise CheckError(f"The table has {len(rows):,} rows: at most {MAX_LAYERS:,} are read.")


def check_name(name: str) -> None:
    """Refuses a name that no network has.

    Raises:
        CheckError: it is longer than ``MAX_NAME``.
    """
    if len(name) > MAX_NAME:
        raise CheckError(
            f"A name in it, {name[:40]}…, has {len(name):,} characters: at most {MAX_NAME} are read. Rename the module "
            "or leave it out."
        )


def check_tree(reading: ReadText) -> None:
    """Refuses a tree of modules that is too deep, too large or has too long names.

    Raises:
        CheckError: it is beyond one of the limits above; the message says which.
    """
    waiting = [(reading.root, 0, "")]
    count = 0
    while waiting:
        node, depth, name = waiting.pop()
        count += 1
        if count > MAX_LAYERS + 1:  # the root is none
            raise CheckError(f"The text lists more than {MAX_LAYERS:,} modules: paste one network at a time.")
        if depth > MAX_DEPTH:
            raise CheckError(
                f"The text has more than {MAX_DEPTH} modules inside of each other, and no more are read: paste the "
                "network's own lines, with their indentation."
            )
        check_name(name)
        waiting += [(child, depth + 1, f"{name}.{child.name}" if name else child.name) for child in node.children]
