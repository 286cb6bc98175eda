"""The formats in which a release is given out. A module here with a `FORMAT` is a format."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from imagehub.formats.planning import PlannedFile, PlannedRelease, ReleaseFormat, plan_release


def _formats() -> dict[str, ReleaseFormat]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {
        format_.name: format_ for format_ in sorted(found, key=lambda one: (one.rank, one.name))
    }


FORMATS: dict[str, ReleaseFormat] = _formats()

__all__ = ["FORMATS", "PlannedFile", "PlannedRelease", "ReleaseFormat", "plan_release"]
