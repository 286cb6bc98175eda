"""A verdict in words: what each reader may read, and what stays a number for admins."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.findings import BY_CODE
from imagehub.vocabulary import Evidence, Label, Outcome, Verdict
from webapp.http import page_words as words
from webapp.images.advice import next_steps
from webapp.images.explanations import (
    STEPS,
    Explanation,
    Reader,
    Speaks,
    VerdictContext,
    explain,
    speaks,
    step,
)

MUG, CAMERA = Label("/m/02jvh9", "Mug"), Label("/m/0dv5r", "Camera")
SHARES = st.floats(0, 1, allow_nan=False)
SENTENCES = st.text("abcdefgh ", min_size=1, max_size=12)
EVIDENCE = st.builds(
    Evidence,
    st.sampled_from(["quality", "network", "crowd", "contributor", "reviews", "moon"]),
    st.none() | SHARES,
    SENTENCES,
    st.none() | st.just(CAMERA.mid),
)
VISITOR, ADMIN = Reader(), Reader(sees_numbers=True)
SENDER = Reader(is_sender=True, alone=True)


def case(
    outcome: Outcome = Outcome.NEEDS_REVIEW,
    probability: float = 0.5,
    evidence: tuple[Evidence, ...] = (),
    findings: tuple[str, ...] = (),
) -> VerdictContext:
    reasons = tuple(piece.sentence for piece in evidence)
    verdict = Verdict(outcome, probability, reasons, evidence)
    return VerdictContext(MUG, verdict, findings, {CAMERA.mid: CAMERA.name}, prior=0.95)


def all_words(told: Explanation) -> str:
    lines = [line.sentence for line in told.lines]
    return " | ".join([told.headline, told.certainty, *lines, *told.reasons, *told.next_steps])


@given(SHARES)
def test_a_probability_is_told_in_one_of_a_few_steps(probability: float) -> None:
    assert step(probability) in {words for _, words in STEPS}


@given(SHARES, SHARES)
def test_a_higher_probability_never_gets_a_lower_step(one: float, other: float) -> None:
    order = [words for _, words in STEPS]
    low, high = sorted((one, other))
    assert order.index(step(high)) <= order.index(step(low))


@given(SHARES, st.lists(EVIDENCE, max_size=5), st.sampled_from(Outcome))
def test_nobody_but_admins_gets_a_number(
    probability: float, evidence: list[Evidence], outcome: Outcome
) -> None:
    for reader in (VISITOR, SENDER):
        told = explain(case(outcome, probability, tuple(evidence)), reader)
        assert told.probability is None
        assert all(line.probability is None for line in told.lines)
        assert set(re.findall(r"[\d.]+\d", told.certainty)) <= {"99", "98", "95", "100", "10"}
    assert explain(case(outcome, probability, tuple(evidence)), ADMIN).probability == probability


@given(st.lists(EVIDENCE, max_size=5))
def test_what_speaks_of_a_person_is_told_to_that_person_and_to_admins(
    evidence: list[Evidence],
) -> None:
    record = Evidence("contributor", 0.2, "One in five of the record is right.")
    verdict = case(evidence=(*evidence, record))
    for reader in (VISITOR, Reader(is_sender=True, alone=False)):
        told = explain(verdict, reader)
        assert record.sentence not in all_words(told) + " ".join(told.all_reasons)
        assert {line.source for line in told.lines} <= {"quality", "network", "crowd", "reviews"}
    for reader in (SENDER, ADMIN):
        assert record.sentence in all_words(explain(verdict, reader))


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (None, Speaks.NO_OPINION),
        (0.95, Speaks.UNDECIDED),
        (0.999, Speaks.CLEARLY_FOR),
        (0.97, Speaks.FOR),
        (0.9, Speaks.AGAINST),
        (0.5, Speaks.CLEARLY_AGAINST),
    ],
)
def test_a_source_speaks_against_what_was_believed_before(
    probability: float | None, expected: Speaks
) -> None:
    assert speaks(probability, prior=0.95) is expected
    assert words.speaks(expected)


def test_a_contributor_is_told_what_to_do_and_a_visitor_is_not() -> None:
    seen = Evidence("crowd", 0.2, "Looks more like Camera.", CAMERA.mid)
    verdict = case(evidence=(seen,), findings=("blurred", "a_new_check"))
    told = explain(verdict, SENDER)
    assert [sentence.split()[0] for sentence in told.next_steps] == ["Send", "Send", "If", "Or"]
    assert "sharper" in told.next_steps[0]
    assert "as Camera" in told.next_steps[2]
    assert explain(verdict, VISITOR).next_steps == ()


def test_every_finding_has_its_own_advice() -> None:
    told = [next_steps(MUG, Outcome.NEEDS_REVIEW, [code], [])[0] for code in BY_CODE]
    assert told == [kind.advice for kind in BY_CODE.values()]
    assert len(set(told)) == len(BY_CODE)


def test_a_rejected_photo_that_is_only_unfit_is_not_called_wrong() -> None:
    unfit = Evidence("quality", None, "The photo is dark.")
    told = explain(case(Outcome.REJECTED, 0.95, (unfit,), ("dark",)), SENDER)
    assert told.headline == "The photo itself cannot be used."
    assert told.lines[0].speaks is Speaks.AGAINST
    against = Evidence("network", 0.01, "The network sees: Camera, and no Mug.", CAMERA.mid)
    told = explain(case(Outcome.REJECTED, 0.01, (against,)), SENDER)
    assert told.headline == "It does not seem to show Mug."
    assert told.rivals == (CAMERA,)


def test_what_a_line_says_is_not_said_again_as_a_reason() -> None:
    quality = Evidence("quality", None, "It is dark. It is small.")
    verdict = Verdict(
        Outcome.NEEDS_REVIEW, 0.5, ("It is dark.", "It is small.", "The sources disagree."),
        (quality,),
    )  # fmt: skip
    told = explain(VerdictContext(MUG, verdict, ("dark",), {}, None), SENDER)
    assert told.reasons == ("The sources disagree.",)
    assert len(told.all_reasons) == 3


@given(st.floats(0, 2, allow_nan=False))
def test_a_distance_is_told_in_words(distance: float) -> None:
    assert words.apart(distance).startswith("The pixels")


def test_an_unknown_source_has_a_name() -> None:
    assert words.source("moon_phase") == "Moon phase"
