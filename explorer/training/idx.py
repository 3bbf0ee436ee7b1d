"""The IDX files that MNIST and its relatives come in, gzipped: a header of big-endian numbers, then bytes.

Format: http://yann.lecun.com/exdb/mnist/, "The IDX file format": two zero bytes, the type (8 for unsigned bytes), the
number of dimensions, each dimension as four bytes, and the values row by row.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.text.errors import Refusal

_UNSIGNED_BYTES = 8
_MOST = 100_000_000  # values: twice as many as the largest of these files has


class DataError(Refusal):
    """Why a file or a folder gives no training data, as a sentence: what is wrong, what to do."""


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The values of a gzipped IDX file of unsigned bytes, in the shape that it says.

    Raises:
        DataError: the file is missing, damaged, cut off, or has other values or another number of dimensions.
    """
    try:
        with gzip.open(path) as file:
            shape = _shape(file.read(4 + 4 * dimensions), path, dimensions)
            count = math.prod(shape)
            if count > _MOST:
                raise _broken(path, f"it announces {count:,} values and {_MOST:,} is the most")
            values = file.read(count + 1)
    except FileNotFoundError:
        raise DataError(
            f"There is no {path.name} in {path.parent}: name the folder that holds the four files of Fashion-MNIST."
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(path, "it is no gzip file, or cut off") from error
    if len(values) != count:
        found = "more" if len(values) > count else f"{len(values):,}"
        raise _broken(path, f"it announces {count:,} values and holds {found}")
    return np.frombuffer(values, dtype=np.uint8).reshape(shape)


def _shape(header: bytes, path: Path, dimensions: int) -> tuple[int, ...]:
    if len(header) != 4 + 4 * dimensions:
        raise _broken(path, "it ends within its header")
    if header[:4] != bytes([0, 0, _UNSIGNED_BYTES, dimensions]):
        raise _broken(path, f"it is no IDX file of bytes in {dimensions} dimensions: it begins with {header[:4].hex()}")
    return struct.unpack(f">{dimensions}I", header[4:])


def _broken(path: Path, what: str) -> DataError:
    return DataError(f"{path.name} cannot be read: {what}. Delete it and fetch Fashion-MNIST again.")
