"""Names that a source uses and no label has: proposed, for an admin to decide."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.imports.imports import ImportPlan


def propose(cursor: Cursor, plan: ImportPlan, name: str, most: int) -> None:
    """Propose a label, unless one of that name was proposed, or the importer waits for so many."""
    cursor.execute(
        """
        insert into label_proposals (account_id, name, why)
        select %(account)s, %(name)s, %(why)s
        where not exists (select from label_proposals where lower(name) = lower(%(name)s))
            and (
                select count(*)
                from label_proposals p
                where p.account_id = %(account)s
                    and not exists (select from label_changes c where c.proposal_id = p.id)
            ) < %(most)s
        """,
        {
            "account": plan.account_id,
            "name": name,
            "why": f"The import {plan.name} uses it.",
            "most": most,
        },
    )
