"""What the class network says of a claimed label, through the label graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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

UNSUPPORTED_BELOW = SUPPORT[1]
RIVAL = (0.8, 0.95)
RIVAL_LOG_RATIO = (0.0, -3.0)
"""What is added where the network sees nothing of the claim, but another label of this hub.

Measured with EfficientNet-Lite2 on 1,093 good and 76 wrong claims of three crowds (Caltech-101,
groceries and clothes, wrong ones mostly look-alikes). Without support, a rival of 0.8 and more was
seen in no good photo and in 9 wrong ones; of 0.5 and more in 9 good photos, all of clothes, and in
21 wrong ones: with rules that began at 0.2 and at 0.65, the F1 on clothes fell from 0.852 to 0.836
and to 0.844.
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

    def opinion(
        self, classes: Mapping[str, float], claimed: str, here: Collection[str] = ()
    ) -> NetworkOpinion | None:
        """Judge a claim by probabilities of labels; None where the network has no word for it.

        `here` are the labels that photos of this hub show: one of them may be seen instead.
        None as well where the network named nothing, as of a photo that could not be read.
        """
        if claimed not in self.known or not classes:
            return None
        kinds = [p for mid, p in classes.items() if self.graph.supports(mid, claimed)]
        support = sum(kinds) if self.exclusive else max(kinds, default=0.0)
        named = max(classes, key=lambda mid: (classes[mid], mid), default=None)
        if named is not None and classes[named] < LEAST_NAMED:
            named = None
        log_ratio = float(np.interp(support, SUPPORT, LOG_RATIO))
        if support < UNSUPPORTED_BELOW:
            rival = float(np.interp(self._rival(classes, claimed, here), RIVAL, RIVAL_LOG_RATIO))
            log_ratio += rival * (1 - support / UNSUPPORTED_BELOW)
        return NetworkOpinion(log_ratio, support, named)

    def _rival(self, classes: Mapping[str, float], claimed: str, here: Collection[str]) -> float:
        """Probability of the likeliest class that is a label of the hub unrelated to the claim."""
        return max(
            (
                probability
                for mid, probability in classes.items()
                if any(
                    label in here and not self.graph.related(label, claimed)
                    for label in (mid, *self.graph.ancestors.get(mid, ()))
                )
            ),
            default=0.0,
        )
