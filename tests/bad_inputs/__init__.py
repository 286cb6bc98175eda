"""The corpus of bad inputs that every door must survive, as data.

Left out are the rows that are no single input: 64 (a load), 80 to 83 (several uploads); tests of
the API and of ingestion play those.
"""

from tests.bad_inputs import bombs, broken, hidden, not_images
from tests.bad_inputs.row import Row

ROWS: list[Row] = [*not_images.ROWS, *broken.ROWS, *bombs.ROWS, *hidden.ROWS]

__all__ = ["ROWS", "Row"]
