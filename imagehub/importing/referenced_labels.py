"""Labels and licences of photos that an earlier import knows by reference, by their ids."""

from __future__ import annotations

from pathlib import PurePosixPath

from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import imports, references
from imagehub.importing.label_tables import LabelTable
from imagehub.importing.source import SourceFacts


class ReferencedLabels(LabelTable):
    """What people said is in a photo, by the name of its file: `000004f4400f6ec5.jpg`.

    A network's word is no claim, nor is people's that something is not there.
    """

    def __init__(self, database: Database, import_name: str) -> None:
        """Raise NotFound if there is no such import."""
        super().__init__({})
        with database.transaction() as cursor:
            imports.get(cursor, import_name)
        self._database = database
        self._import_name = import_name

    def facts(self, name: str) -> SourceFacts | None:
        """What is said of a file's photo; None for a name that is no known photo's."""
        photo_id = PurePosixPath(name).stem
        with self._database.transaction() as cursor:
            photo = references.photo(cursor, self._import_name, photo_id)
            said = references.said(cursor, self._import_name, photo_id)
        if photo is None:
            return None
        return SourceFacts(
            labels=tuple(one.label for one in said if one.is_by_people and one.confidence == 1),
            licence=photo.licence or "",
            author=photo.author,
            title=photo.title,
            source_url=photo.page_url,
        )
