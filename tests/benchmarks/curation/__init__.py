"""How right verification is, measured on crowds whose truth is known, beside other tools.

Every crowd is landed with ingestion's own consumer into an embedded hub, in the order sent and in
four batches; after each batch `verify` runs, and after each second one `cluster` too, until nothing
waits. Then the catalogue is read, and held against truth.csv, upload by upload, by the figures of
`deploy/curation`. Every peer is scored by the same functions on the same uploads.

- **duplicates**: photos that crowds are made of may be one picture though truth.csv names two
  sources: Caltech-101 holds leopards and their mirror images. `same_pictures.py` finds such pairs
  by comparing the pixels of all sources of a size, apart from the hub's own comparison.
  `duplicate_precision` and `duplicate_recall`, ours and the peers', count such a pair as one
  photo; ours with `_by_truth_csv` behind their names do not. `curation_joined.csv` beside the
  figures names every pair, so that a reader can look.
- **colluders**: a fifth of the accounts agree on lies; of the (image, label) verified then, the
  share whose label is wrong, in the worst of the patterns of `colluders.py`. The photos are those
  of the honest crowd and are not looked at again; their claims arrive in two batches.
"""
