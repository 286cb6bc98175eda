"""`python -m deploy.demo.studio`: render the sample photos, or a part of them, or others."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from deploy.demo.studio.scene import Scene, scene
from deploy.demo.studio.scenes_file import write_scenes
from deploy.demo.studio.things import THINGS

SHIPPED_PHOTOS = 40
SHIPPED_SEED = 5
HERE = Path(__file__).resolve().parent.parent / "sample_crowd"


def main(arguments: Sequence[str] | None = None) -> None:
    """Render the photos asked for that are not there, then list what is there in scenes.csv."""
    options = _parser().parse_args(arguments)
    photos = options.folder / "photos"
    photos.mkdir(parents=True, exist_ok=True)
    if not options.no_photos:
        _render(_scenes(options, options.things or list(THINGS), options.first), photos, options)
    every = _scenes(options, list(THINGS), 1)
    write_scenes(
        options.folder / "scenes.csv",
        [
            picture
            for picture in every
            if options.no_photos or (photos / f"{picture.photo}.jpg").exists()
        ],
    )


def _scenes(options: argparse.Namespace, names: list[str], first: int) -> list[Scene]:
    digits = max(2, len(str(options.last)))
    numbers = range(first, options.last + 1)
    return [scene(name, number, options.seed, digits) for number in numbers for name in names]


def _render(scenes: list[Scene], photos: Path, options: argparse.Namespace) -> None:
    from deploy.demo.studio.render import Quality, render  # needs Blender; the rest of us does not

    quality = Quality(options.side, options.samples, options.threads)
    for picture in scenes:
        photo = photos / f"{picture.photo}.jpg"
        if not photo.exists():
            render(picture, photo, quality)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.studio", description=__doc__)
    parser.add_argument("things", nargs="*", help="things to photograph; all where none is named")
    parser.add_argument("--first", type=int, default=1, help="number of the first photo of a thing")
    parser.add_argument("--last", type=int, default=SHIPPED_PHOTOS, help="number of the last")
    parser.add_argument("--seed", type=int, default=SHIPPED_SEED, help="another seed, other photos")
    parser.add_argument("--side", type=int, default=384, help="longer side, in pixels")
    parser.add_argument("--samples", type=int, default=4, help="light paths a pixel")
    parser.add_argument("--threads", type=int, default=1, help="threads of the renderer")
    parser.add_argument("--folder", type=Path, default=HERE, help="where photos/ and scenes.csv go")
    parser.add_argument("--no-photos", action="store_true", help="write only scenes.csv, of all")
    return parser


if __name__ == "__main__":
    main()
