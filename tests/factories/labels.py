"""Labels and the edges between them."""

from __future__ import annotations

from collections.abc import Sequence

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import EdgeKind, Label
from tests.factories.numbers import next_number


def label(
    cursor: Cursor,
    name: str | None = None,
    mid: str | None = None,
    is_a: Sequence[Label] = (),
    part_of: Sequence[Label] = (),
) -> Label:
    """A label below its parents; make the parents first."""
    number = next_number()
    made = Label(mid or f"/m/t{number:05d}", name or f"Thing {number}")
    cursor.execute("insert into labels (mid, name) values (%s, %s)", (made.mid, made.name))
    edges = [(parent, EdgeKind.IS_A) for parent in is_a]
    edges += [(whole, EdgeKind.PART_OF) for whole in part_of]
    for above, kind in edges:
        cursor.execute(
            "insert into label_edges (child, parent, kind) values (%s, %s, %s)",
            (made.mid, above.mid, str(kind)),
        )
    cursor.execute(
        "insert into label_ancestors select %(mid)s, %(mid)s, 0 union all"
        " select %(mid)s, ancestor, min(distance) + 1 from label_ancestors"
        " where mid = any(%(parents)s) group by ancestor",
        {"mid": made.mid, "parents": [parent.mid for parent in is_a]},
    )
    return made
