"""Count people's answers anew: skills, consensus of each claim, gold, and people's own records."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.reviews import review_counts, review_questions
from imagehub.catalogue.reviews.review_counts import Answered, Claim, Counted, ReviewerRecord, Skill
from imagehub.catalogue.verification import verdicts
from spark_jobs.verify.agreement import review_consensus, review_rules
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.probability import PRIOR, logit, posterior
from spark_jobs.verify.agreement.review_consensus import (
    CONTRIBUTOR,
    GOLD_LOG_ODDS,
    REVIEWER,
    Ballots,
    Consensus,
    Start,
)
from spark_jobs.verify.agreement.review_rules import AnswerTally, QuestionState

GOLDS_OF_EACH = 100
TOLD_AFTER_SECONDS = 24 * 3_600.0
"""Reviewers get no results of younger answers."""

LEARNED_PRIOR = 3.0
"""Skills are learned from claims with this log odds at most: verification may be sure and wrong."""

SAID_STEP = 0.25
"""A verdict is judged anew when its claim's consensus moves by about so much."""


Key: TypeAlias = tuple[Claim, bool]
"""A claim as it is learned: apart from itself as a gold question, which is true there."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """An answer as it counts for one claim."""

    claim: Key
    account_id: str
    yes: bool
    direct: bool


def choose_golds(cursor: Cursor) -> None:
    """Fill up the gold questions where half of them are gone."""
    there = review_questions.count_golds(cursor)
    for is_right in (True, False):
        missing = GOLDS_OF_EACH - there.get(is_right, 0)
        if missing > GOLDS_OF_EACH // 2:
            review_questions.choose_golds(cursor, is_right, missing)


def recount(cursor: Cursor) -> None:
    """Count all answers and write what follows from them; golds that people overrule are none."""
    graph = LabelGraph({}, verdicts.label_ancestors(cursor))
    counted = _count(cursor, graph)
    if counted.overruled:
        review_questions.give_up_golds(cursor, counted.overruled)
        counted = _count(cursor, graph)
    review_counts.store_claims(cursor, counted.claims)
    review_counts.store_skills(cursor, counted.skills)
    review_counts.store_records(cursor, counted.records)


@dataclass(frozen=True, slots=True)
class ConsensusCount:
    """What all answers together say; `overruled` are golds that people do not agree with."""

    claims: list[Counted]
    skills: list[Skill]
    records: list[ReviewerRecord]
    overruled: list[Claim]


def _count(cursor: Cursor, graph: LabelGraph) -> ConsensusCount:
    answers = review_counts.answers(cursor, TOLD_AFTER_SECONDS)
    claims = review_counts.claims_of(cursor, (answer.claim[0] for answer in answers))
    known = review_counts.known(cursor)
    return count(answers, claims, known, graph)


def count(
    answers: Sequence[Answered],
    claims: Mapping[Claim, Mapping[str, float]],
    known: Mapping[Claim, str],
    graph: LabelGraph,
) -> ConsensusCount:
    """Learn from all answers. Pure; `claims` are what verdicts say, as `claims_of` gives it.

    Answers to a claim that nobody makes any more count as one of which nothing else is known: they
    still tell how its photo's other claims are to be taken, and who answers well.
    """
    unclaimed: dict[Claim, Mapping[str, float]] = {
        answer.claim: {} for answer in answers if answer.gold is None
    }
    claims = unclaimed | dict(claims)
    ballots = [*_golds(answers), *_votes(answers, claims, graph)]
    prior = {
        (answer.claim, True): _gold_odds(answer) for answer in answers if answer.gold is not None
    }
    prior |= {(claim, False): _prior(said) for claim, said in claims.items()}
    people = {
        answer.account_id: REVIEWER if answer.is_reviewer else CONTRIBUTOR for answer in answers
    }
    learned = _learn(ballots, prior, people)
    ratios = dict(zip(prior, learned.log_ratios.tolist(), strict=True))
    decided = {key: odds + ratios[key] for key, odds in prior.items()}
    tallies = _tallies(answers, ballots)
    counted = [
        _counted(claim, ratios[claim, False], decided[claim, False], tallies[claim], known)
        for claim in sorted(
            {ballot.claim[0] for ballot in ballots} | {answer.claim for answer in answers}
        )
        if (claim, False) in prior
    ]
    agreed = {claim.claim for claim in counted if claim.asking == QuestionState.AGREED}
    return ConsensusCount(
        claims=counted,
        skills=_skills(answers, people, learned),
        records=_records(answers, agreed, decided),
        overruled=_overruled(prior, decided),
    )


def _overruled(prior: Mapping[Key, float], decided: Mapping[Key, float]) -> list[Claim]:
    """Gold claims of which people together say the opposite."""
    return [
        claim
        for (claim, is_gold), odds in prior.items()
        if is_gold and odds * decided[claim, is_gold] < 0
    ]


def _learn(
    ballots: Sequence[Ballot], prior: Mapping[Key, float], people: Mapping[str, Start]
) -> Consensus:
    numbers = {key: number for number, key in enumerate(prior)}
    order = {account_id: number for number, account_id in enumerate(people)}
    limits = [math.inf if is_gold else LEARNED_PRIOR for _, is_gold in prior]
    return review_consensus.learn(
        Ballots(
            claims=np.array([numbers[ballot.claim] for ballot in ballots], dtype=np.intp),
            reviewers=np.array([order[ballot.account_id] for ballot in ballots], dtype=np.intp),
            yes=np.array([ballot.yes for ballot in ballots], dtype=np.bool_),
            direct=np.array([ballot.direct for ballot in ballots], dtype=np.bool_),
            prior=np.clip(list(prior.values()), np.negative(limits), limits),
            right_shares=np.array([start.right_share for start in people.values()]),
            credits=np.array([start.answers for start in people.values()]),
        )
    )


def _skills(
    answers: Sequence[Answered], people: Mapping[str, Start], learned: Consensus
) -> list[Skill]:
    judged = Counter(answer.account_id for answer in answers if answer.answer != "unsure")
    worth = learned.skills()
    return [
        Skill(
            account_id=account_id,
            finds=float(learned.finds[number]),
            refuses=float(learned.refuses[number]),
            judged=judged[account_id],
            is_resting=review_rules.is_resting(
                float(worth[number]), judged[account_id], start.answers
            ),
        )
        for number, (account_id, start) in enumerate(people.items())
    ]


def _golds(answers: Iterable[Answered]) -> Iterable[Ballot]:
    for answer in answers:
        if answer.gold is not None and answer.answer != "unsure":
            yield Ballot((answer.claim, True), answer.account_id, answer.answer == "yes", True)


def _votes(
    answers: Sequence[Answered], claims: Iterable[Claim], graph: LabelGraph
) -> Iterable[Ballot]:
    """The votes, and what they say of the same photo's related labels, each person's once a claim.

    A yes for a Dalmatian is one for Dog, a no for Dog is one for Dalmatian.
    """
    labels: dict[str, list[str]] = defaultdict(list)
    for image_id, label in claims:
        labels[image_id].append(label)
    votes = [answer for answer in answers if answer.gold is None and answer.answer != "unsure"]
    voted = {(answer.claim, answer.account_id) for answer in votes}
    for answer in votes:
        image_id, label = answer.claim
        yes = answer.answer == "yes"
        yield Ballot((answer.claim, False), answer.account_id, yes, True)
        for other in labels[image_id]:
            seen, claimed = (label, other) if yes else (other, label)
            key = ((image_id, other), answer.account_id)
            if key not in voted and graph.supports(seen, claimed):
                voted.add(key)
                yield Ballot((key[0], False), answer.account_id, yes, False)


def _prior(said: Mapping[str, float]) -> float:
    """Log odds of a claim by all that its verdict knows but people's answers."""
    sources = [value for name, value in said.items() if name not in ("prior", "reviews")]
    ratios = sum(_logit(value) - logit(PRIOR) for value in sources)
    return _logit(said.get("prior", PRIOR)) + ratios


def _gold_odds(answer: Answered) -> float:
    return GOLD_LOG_ODDS if answer.gold else -GOLD_LOG_ODDS


def _tallies(answers: Iterable[Answered], ballots: Iterable[Ballot]) -> dict[Claim, AnswerTally]:
    found: dict[Claim, AnswerTally] = defaultdict(AnswerTally)
    for ballot in ballots:
        claim, is_gold = ballot.claim
        if not is_gold:
            now = found[claim]
            found[claim] = AnswerTally(now.yes + ballot.yes, now.no + (not ballot.yes), now.unsure)
    for answer in answers:
        if answer.answer == "unsure" and answer.gold is None:
            now = found[answer.claim]
            found[answer.claim] = AnswerTally(now.yes, now.no, now.unsure + 1)
    return found


def _counted(
    claim: Claim, log_ratio: float, log_odds: float, tally: AnswerTally, known: Mapping[Claim, str]
) -> Counted:
    asking = review_rules.asking(posterior(0.5, log_odds), tally)
    step = round(log_ratio / SAID_STEP)
    return Counted(
        claim=claim,
        log_ratio=log_ratio,
        yes=tally.yes,
        no=tally.no,
        unsure=tally.unsure,
        asking=asking,
        known=known.get(claim, ""),
        said=f"{step}:{tally.yes}:{tally.no}" if tally.yes + tally.no else "",
    )


def _records(
    answers: Sequence[Answered],
    agreed: set[Claim],
    decided: Mapping[Key, float],
) -> list[ReviewerRecord]:
    """How often people's old answers are what was decided, gold or not: told alike."""
    settled: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        if (
            answer.is_old
            and answer.answer != "unsure"
            and (answer.gold is not None or answer.claim in agreed)
        ):
            is_right = decided[answer.claim, answer.gold is not None] > 0
            settled[answer.account_id].append((answer.answer == "yes") == is_right)
    return [
        ReviewerRecord(contributor, len(agreements), sum(agreements))
        for contributor, agreements in settled.items()
    ]


def _logit(probability: float) -> float:
    return logit(min(1 - 1e-6, max(1e-6, probability)))
