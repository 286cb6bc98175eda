"""Where the network lies that ships with the hub: the starter."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from zipimport import zipimporter

STARTER = "imagehub/vision/starter/"


@cache
def starter() -> Path:
    """The folder that holds the starter's folder.

    Executors import the hub's code from an archive. OpenVINO reads files alone, so the starter is
    unpacked once beside the archive, where Spark clears up after the application.
    """
    loader = __spec__.loader if __spec__ else None
    if isinstance(loader, zipimporter):
        return unpacked(Path(loader.archive).resolve())
    return Path(__file__).parent / "starter"


def unpacked(archive: Path) -> Path:
    """Unpack the starter beside an archive of the hub's code, if needed; return its folder."""
    target = archive.with_name(f"{archive.name}.starter")
    if not target.is_dir():
        begun = tempfile.mkdtemp(dir=archive.parent)
        with zipfile.ZipFile(archive) as code:
            code.extractall(begun, [name for name in code.namelist() if name.startswith(STARTER)])
        try:
            Path(begun).rename(target)
        except OSError:  # another process was first
            shutil.rmtree(begun)
    return target / STARTER
