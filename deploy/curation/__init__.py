"""How right verification was on a crowd whose truth is known: the demo's figures and the bench's.

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
"""
