"""Make boxable_labels.csv from Open Images' published files, to standard output.

python -m imagehub.catalogue.labels.make_boxable_labels class-descriptions.csv HIERARCHY.json
"""

from __future__ import annotations

import sys
from pathlib import Path

from imagehub.openimages import SourceFile
from imagehub.taxonomy import boxable, read_taxonomy, write_compact


def main(classes: str, hierarchy: str) -> None:
    """Write the classes of the hierarchy in our compact form."""
    files = [SourceFile(path, Path(path).read_bytes()) for path in (classes, hierarchy)]
    sys.stdout.write(write_compact(boxable(read_taxonomy(*files))))


if __name__ == "__main__":
    main(*sys.argv[1:])
