"""The files of a folder as people, phones, desktops and network disks leave it.

Links are followed. What systems leave behind is passed over like hidden files; what belongs to a
photo but is not one (an edit, a live photo's video) is named and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_LEFTOVERS = {
    # Windows
    *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "recycler"),
    *("system volume information", "autorun.inf"),
    # macOS
    *("__macosx", "icon\r", "network trash folder", "temporary items"),
    # network disks: Synology, QNAP, others
    *("@eadir", "#recycle", "@recycle", "@recently-snapshot", "#snapshot", "@sharebin", "@tmp"),
    *("@synoresource", "lost+found", "zbthumbnail.info", "pspbrwse.jbf", "picasa.ini"),
}
_COMPANIONS = {".aae", ".xmp", ".thm", ".lrv", ".pp3", ".lnk", ".url"}
_VIDEOS = {".mov", ".mp4"}
_PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".dng"}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file below a folder; `left_out` says why it is no photo to send, `fault` why it fails."""

    file: Path
    left_out: str = ""
    fault: str = ""


@dataclass(slots=True)
class _Walk:
    above: list[tuple[int, int]] = field(default_factory=list)  # folders that we are in

    def below(self, folder: Path) -> Iterator[FoundFile]:
        try:
            here = folder.stat()
            entries = [path for path in sorted(folder.iterdir()) if not is_passed_over(path)]
        except OSError as error:
            yield FoundFile(folder, fault=f"The folder cannot be read: {error.strerror}.")
            return
        place = (here.st_dev, here.st_ino)
        if place in self.above:
            yield FoundFile(folder, left_out="It is a link to a folder above it.")
            return
        self.above.append(place)
        videos = {path for path in entries if path.suffix.lower() in _VIDEOS}
        photos = {path.stem for path in entries if path.suffix.lower() in _PHOTOS}
        for path in entries:
            if path.is_dir():
                yield from self.below(path)
            elif path.suffix.lower() in _COMPANIONS or (path in videos and path.stem in photos):
                yield FoundFile(path, left_out="It belongs to a photo but is not one.")
            elif path.is_file() or not path.exists():  # a dead link is reported as unreadable
                yield FoundFile(path)
            else:
                yield FoundFile(path, left_out="It is no file but a device, pipe or socket.")
        self.above.pop()


def files_below(folder: Path) -> Iterator[FoundFile]:
    """Every file in a folder and below, in the order of names."""
    return _Walk().below(folder)


def is_passed_over(path: Path) -> bool:
    """True for hidden files, and for leftovers of an operating system or a network disk."""
    name = path.name.lower()
    return name.startswith((".", "synophoto_thumb_")) or name in _LEFTOVERS


def first_file(paths: Iterable[Path]) -> Path | None:
    """The first that is a file and is not passed over."""
    return next((path for path in paths if not is_passed_over(path) and not path.is_dir()), None)
