"""Checks of one photo: pure rules from a view to a finding.

Thresholds lie midway between the spoilt and the good photos of a simulated crowd (Caltech-101
photos, 2,900 of them; spoilt by code: Gaussian blur of 1/30 to 1/18 of the short side, brightness
times 0.02 to 0.06, contrast times 0.15 lifted to white, 40-pixel thumbnails). Each check's
docstring gives the ranges that were measured there.
"""
