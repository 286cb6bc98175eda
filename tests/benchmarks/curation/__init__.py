"""How right verification is, measured on crowds whose truth is known, beside other tools.

Every crowd is landed with ingestion's own consumer into an embedded hub, in the order sent and in
four batches; after each batch `verify` runs, and after each second one `cluster` too, until nothing
waits. Then the catalogue is read, and held against truth.csv, upload by upload. Every peer is
scored by the same functions on the same uploads.

- **wrong labels**: uploads of the kinds good and wrong_label that landed. Found is a verdict of
  needs review or rejected on the upload's (image, claimed label); true is the kind wrong_label.
  The average precision ranks by 1 - probability. `wrong_label_f1_with_copies` adds exact and near
  duplicates, whose claimed label is right.
- **good photos**: shares of the kind good that are verified, and that are rejected.
- **duplicates**: pairs of landed uploads. True pairs are all within an upload and everything that
  repeats it, directly or through others; found pairs are those on one image or in one duplicate
  group. `near_duplicate_*` leaves out pairs with the same bytes.
- **spoiled photos**: by kind over all uploads that are photos; found by the finding of that name,
  `tiny` also by landing's refusal as too small.
- **refused**: the share of the kinds truncated and not_an_image that landing refused.
- **calibration**: expected calibration error of the probability over good and wrong_label uploads,
  in ten bins of equally many (Naeini et al. 2015, with equal mass as in Nixon et al. 2019), and
  the distance in the worst of the bins: all doubt may be in one.
- **colluders**: a fifth of the accounts agree on lies; of the (image, label) verified then, the
  share whose label is wrong, in the worst of the patterns of `colluders.py`. The photos are those
  of the honest crowd and are not looked at again; their claims arrive in two batches.
"""
