"""What the class network says of a claimed label, through the label graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spark_jobs.verify.agreement.graph import LabelGraph

SUPPORT = (0.0, 0.02, 0.06, 0.2, 0.45, 0.9)
LOG_RATIO = (-1.6, 1.3, 2.5, 3.3, 4.2, 5.0)
"""Log likelihood ratio of a right claim at each support, with straight lines between.

Measured with MobileNet v2 on 2,400 good photos of a simulated crowd (Caltech-101), with their own
labels and with others drawn at random: -2.7, 1.8, 3.6, 4.7, 5.9, 6.4. Taken a quarter smaller,
because wrong claims of real people are nearer to the truth than random ones, and the first still
smaller: of -2.2, -1.6 and -1.0 beside the crowd, it lost fewer good photos and as few wrong ones.
"""

LEAST_NAMED = 0.1


@dataclass(frozen=True, slots=True)
class NetworkOpinion:
    """The network's view of one claim.

    `support` is the probability that a class is the claimed label or a kind of it;
    `named` is the likeliest label seen, None if nothing was likely.
    """

    log_ratio: float
    support: float
    named: str | None


@dataclass(frozen=True, slots=True)
class ClassNetwork:
    """A class network's vocabulary in the label graph: `known` are labels it could name.

    `exclusive` networks give a photo one class, whose probabilities add up; others judge each
    class for itself, and of several kinds of a label the surest counts.
    """

    graph: LabelGraph
    known: frozenset[str]
    exclusive: bool = True

    @classmethod
    def of(cls, graph: LabelGraph, mids: frozenset[str], exclusive: bool = True) -> ClassNetwork:
        """Know the labels `mids` of the network's outputs, and with them all their ancestors."""
        above = {mid for seen in mids for mid in graph.ancestors.get(seen, ())}
        return cls(graph, mids | above, exclusive)

    def opinion(self, classes: Mapping[str, float], claimed: str) -> NetworkOpinion | None:
        """Judge a claim by probabilities of labels; None where the network has no word for it.

        None as well where the network named nothing, as of a photo that could not be read.
        """
        if claimed not in self.known or not classes:
            return None
        kinds = [p for mid, p in classes.items() if self.graph.supports(mid, claimed)]
        support = sum(kinds) if self.exclusive else max(kinds, default=0.0)
        named = max(classes, key=lambda mid: (classes[mid], mid), default=None)
        if named is not None and classes[named] < LEAST_NAMED:
            named = None
        return NetworkOpinion(float(np.interp(support, SUPPORT, LOG_RATIO)), support, named)
