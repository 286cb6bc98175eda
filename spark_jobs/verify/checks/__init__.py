"""Checks of one photo: pure rules from a view to a finding.

Thresholds lie between the good photos of a simulated crowd (Caltech-101 photos) and the same photos
spoilt by code: Gaussian blur of 1/30 of the short side and more, brightness times 0.06 and less,
contrast times 0.15 lifted to white, 40-pixel thumbnails. They were chosen on half of the labels;
each check's docstring gives the ranges there. `tests/benchmarks/curation/thresholds.py` measures
them anew.
"""
