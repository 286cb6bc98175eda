"""How labels hang together: which is a kind of which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LabelGraph:
    """Names of labels (by MID), and each label's ancestors by is-a, without itself."""

    names: Mapping[str, str] = field(default_factory=dict)
    ancestors: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def name(self, mid: str) -> str:
        """The label's name, or its MID where the hub does not know it."""
        return self.names.get(mid, mid)

    def supports(self, seen: str, claimed: str) -> bool:
        """True if a photo of `seen` is a photo of `claimed`: a Dalmatian is a dog."""
        return seen == claimed or claimed in self.ancestors.get(seen, ())

    def related(self, one: str, other: str) -> bool:
        """True if one label is a kind of the other, either way round."""
        return self.supports(one, other) or self.supports(other, one)

    def extended(self, is_a: Iterable[tuple[str, str]]) -> LabelGraph:
        """Add (child, parent) pairs; the children may be labels that the hub does not have.

        The pairs are one level deep: no added parent is an added child.
        """
        ancestors = dict(self.ancestors)
        for child, parent in is_a:
            above = frozenset({parent}) | self.ancestors.get(parent, frozenset())
            ancestors[child] = ancestors.get(child, frozenset()) | above - {child}
        return LabelGraph(self.names, ancestors)
