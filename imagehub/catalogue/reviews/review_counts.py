"""People's answers as the consensus reads them, and what it writes of claims and reviewers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor

Claim = tuple[str, str]
"""Image id and label's MID."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One person's answer to one claim.

    `gold` is what the answer should have been, where the question was gold; `is_reviewer` says
    that an admin made the person a reviewer, `is_old` that the answer may be told of.
    """

    claim: Claim
    account_id: str
    answer: Literal["yes", "no", "unsure"]
    gold: bool | None
    is_reviewer: bool
    is_old: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What people say of one claim together; `known` and `said` as in the table."""

    claim: Claim
    log_ratio: float
    yes: int
    no: int
    unsure: int
    asking: str
    known: str
    said: str


@dataclass(frozen=True, slots=True)
class Skill:
    """How often a reviewer finds right claims and refuses wrong ones, from `judged` answers."""

    account_id: str
    finds: float
    refuses: float
    judged: int
    is_resting: bool


@dataclass(frozen=True, slots=True)
class ReviewerRecord:
    """How many of a person's old answers were settled later, and how many of those agreed."""

    account_id: str
    settled: int
    agreed: int


def answers(cursor: Cursor, told_after_seconds: float) -> list[Answered]:
    """All answers of people who are not suspended, in an order that does not change."""
    cursor.execute(
        """
        select r.image_id, r.label, r.account_id::text, r.answer, g.is_right as gold,
            a.roles && '{reviewer,admin}' as is_reviewer,
            r.reviewed_at < now() - make_interval(secs => %s) as is_old
        from reviews r
        join accounts a on a.id = r.account_id
        left join review_questions q on q.image_id = r.image_id
            and q.label = r.label
            and q.account_id = r.account_id
        left join review_golds g on g.image_id = r.image_id
            and g.label = r.label
            and q.asked_at >= g.chosen_at
        where a.suspended_at is null
        order by r.image_id, r.label, r.account_id
        """,
        (told_after_seconds,),
    )
    return [
        Answered(
            (row.image_id, row.label),
            row.account_id,
            row.answer,
            row.gold,
            row.is_reviewer,
            row.is_old,
        )
        for row in cursor
    ]


def claims_of(cursor: Cursor, image_ids: Iterable[str]) -> dict[Claim, dict[str, float]]:
    """All claims on these images, each with the probabilities that its verdict's sources gave.

    What the version believed beforehand stands there as `prior`. Nothing stands there for claims
    without a verdict.
    """
    cursor.execute(
        """
        select u.image_id, u.claimed_label as label, v.evidence,
            (n.thresholds->>'prior')::float as prior
        from (
            select distinct image_id, claimed_label
            from uploads
            where image_id = any(%s::bpchar[]) and state = 'landed'
        ) u
        left join current_version n on true
        left join verdicts v on v.version = n.version
            and v.image_id = u.image_id
            and v.label = u.claimed_label
        order by u.image_id, u.claimed_label
        """,
        (sorted(set(image_ids)),),
    )
    found: dict[Claim, dict[str, float]] = {}
    for row in cursor:
        evidence_by_claim = {
            seen["source"]: seen["probability"]
            for seen in row.evidence or ()
            if seen["probability"] is not None
        }
        if row.prior is not None:
            evidence_by_claim["prior"] = row.prior
        found[row.image_id, row.label] = evidence_by_claim
    return found


def known(cursor: Cursor) -> dict[Claim, str]:
    """All answers to each claim in one text, as `Counted.known` has them."""
    cursor.execute(
        """
        select image_id, label,
            string_agg(account_id::text || answer, ',' order by account_id) as known
        from reviews
        group by image_id, label
        """
    )
    return {(row.image_id, row.label): row.known for row in cursor}


def store_claims(cursor: Cursor, counted: Sequence[Counted]) -> None:
    """Write what changed; forget claims that have no answers any more."""
    execute_values(
        cursor,
        """
        insert into review_consensus as c (
            image_id, label, log_ratio, yes, no, unsure, asking, known, said
        )
        values %s
        on conflict (image_id, label) do update
        set log_ratio = excluded.log_ratio, yes = excluded.yes, no = excluded.no,
            unsure = excluded.unsure, asking = excluded.asking, known = excluded.known,
            said = excluded.said, counted_at = now()
        where (c.log_ratio, c.asking, c.known, c.said) is distinct from (
            excluded.log_ratio, excluded.asking, excluded.known, excluded.said
        )
        """,
        [
            (
                *claim.claim,
                claim.log_ratio,
                claim.yes,
                claim.no,
                claim.unsure,
                claim.asking,
                claim.known,
                claim.said,
            )
            for claim in counted
        ],
    )
    cursor.execute(
        """
        delete from review_consensus c
        where not exists (
            select from unnest(%s::bpchar[], %s::text[]) as n (image_id, label)
            where n.image_id = c.image_id and n.label = c.label
        )
        """,
        ([claim.claim[0] for claim in counted], [claim.claim[1] for claim in counted]),
    )


def store_skills(cursor: Cursor, skills: Sequence[Skill]) -> None:
    """Write the reviewers' skills in place of earlier ones."""
    execute_values(
        cursor,
        """
        insert into reviewer_skills (account_id, finds, refuses, judged, is_resting)
        values %s
        on conflict (account_id) do update
        set finds = excluded.finds, refuses = excluded.refuses, judged = excluded.judged,
            is_resting = excluded.is_resting
        """,
        [
            (skill.account_id, skill.finds, skill.refuses, skill.judged, skill.is_resting)
            for skill in skills
        ],
        template="(%s::uuid, %s, %s, %s, %s)",
    )


def store_records(cursor: Cursor, records: Sequence[ReviewerRecord]) -> None:
    """Tell people of their answers anew, where ten more of them were settled."""
    cursor.execute(
        """
        insert into reviewer_records as r (account_id, settled, agreed)
        select *
        from unnest(%s::uuid[], %s::integer[], %s::integer[]) as n (account_id, settled, agreed)
        where settled >= 10
        on conflict (account_id) do update
        set settled = excluded.settled, agreed = excluded.agreed, told_at = now()
        where excluded.settled >= r.settled + 10
        """,
        (
            [record.account_id for record in records],
            [record.settled for record in records],
            [record.agreed for record in records],
        ),
    )
