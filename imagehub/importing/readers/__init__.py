"""One reader for each kind of source: see imagehub.importing.source."""
