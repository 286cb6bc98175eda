"""Croissant 1.1: a release's Parquet files described so that `mlcroissant` loads their records.

It names addresses, so it is written when it is asked for. A record set is one Parquet file, since
`mlcroissant` 1.1 finds no record in a set of several that come over HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imagehub.manifest import Manifest
from imagehub.photo_facts import PhotoFacts

MEDIA_TYPE = "application/ld+json"
PARQUET = "application/x-parquet"
"""Not the registered type, which `mlcroissant` does not read."""
OWN_TERMS = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
    "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{term: f"cr:{term}" for term in OWN_TERMS},
}
COLUMNS = {
    "image_id": "sc:Text",
    "label": "cr:Int64",
    "width": "cr:Int64",
    "height": "cr:Int64",
    "author": "sc:Text",
    "licence": "sc:Text",
}


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A file of the format `parquet`; `path` is below `data/`."""

    path: str
    bytes: int
    sha256: str


def document(head: Manifest, hub: str, files: Sequence[ParquetFile]) -> dict[str, Any]:
    """The description, by the hub's address. Its licence is the list of those of the photos."""
    page, api = f"{hub}/releases/{head.release}", f"{hub}/api/v1/releases/{head.release}"
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": head.release,
        "description": f"{head.release}, a release of Deep Images Hub: photos and what they show.",
        "url": page,
        "license": f"{api}/documents/CREDITS.md",
        "creator": {"@type": "sc:Organization", "name": "Contributors of Deep Images Hub"},
        "datePublished": f"{head.created_at:%Y-%m-%d}",
        "version": f"{head.release.rpartition('-')[2]}.0.0",
        "citeAs": f"Deep Images Hub: {head.release}. {page}",
        "distribution": [_file_object(file, f"{api}/formats/parquet/data") for file in files],
        "recordSet": [_classes(head), *(_record_set(file) for file in files)],
    }


def _file_object(file: ParquetFile, below: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": f"{below}/{file.path}",
        "contentSize": f"{file.bytes} B",
        "encodingFormat": PARQUET,
        "sha256": file.sha256,
    }


def _classes(head: Manifest) -> dict[str, Any]:
    names = PhotoFacts(head).names
    fields = (("number", "cr:Int64"), ("name", "sc:Text"), ("mid", "sc:Text"))
    rows = zip(range(len(names)), names, head.classes, strict=True)
    return {
        "@type": "cr:RecordSet",
        "@id": "classes",
        "name": "classes",
        "key": {"@id": "classes/number"},
        "field": [_field("classes", name, kind) for name, kind in fields],
        "data": [
            {f"classes/{name}": value for (name, _), value in zip(fields, row, strict=True)}
            for row in rows
        ],
    }


def _record_set(file: ParquetFile) -> dict[str, Any]:
    name = file.path.partition("-of-")[0]
    image = {
        **_field(name, "image", "sc:ImageObject"),
        "source": _source(file, "image") | {"transform": {"jsonPath": "bytes"}},
    }
    labels = {
        **_field(name, "labels", "sc:Text"),
        "isArray": True,
        "arrayShape": "-1",
        "source": _source(file, "labels"),
    }
    plain = [
        {**_field(name, column, kind), "source": _source(file, column)}
        for column, kind in COLUMNS.items()
    ]
    return {
        "@type": "cr:RecordSet", "@id": name, "name": name, "field": [image, labels, *plain],
    }  # fmt: skip


def _field(record_set: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field", "@id": f"{record_set}/{name}", "name": f"{record_set}/{name}",
        "dataType": kind,
    }  # fmt: skip


def _source(file: ParquetFile, column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": file.path}, "extract": {"column": column}}
