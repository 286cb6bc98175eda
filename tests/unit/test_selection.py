"""What a release takes, where it puts it, and that this never wavers."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub import manifest as manifests
from imagehub import release_paths
from imagehub.photo import digest
from imagehub.subsets import Assignment, Offer, ReleasePhoto, SubsetRules
from imagehub.vocabulary import Label
from spark_jobs.release.selection.choose import ChosenImage, choose
from spark_jobs.release.selection.contents import Selection, lay_out
from spark_jobs.release.selection.paths import code, path, slug
from spark_jobs.release.selection.splits import split_of

SPLITS = (("test", 0.2), ("train", 0.7), ("validation", 0.1))
RULES = SubsetRules(labels=("/m/dog", "/m/animal"), splits=SPLITS)

image_ids = st.integers(0, 2**64 - 1).map("{:016x}".format)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    """Up to 30 images in up to 10 groups; some are in both labels' sets."""
    groups = draw(st.lists(image_ids, min_size=1, max_size=10, unique=True))
    found = []
    for image_id in draw(st.lists(image_ids, max_size=30, unique=True)):
        group = draw(st.sampled_from(groups))
        if draw(st.booleans()):
            found.append(Offer(image_id, group, "/m/dog", "/m/dog", 0, 0.9))
        found.append(Offer(image_id, group, "/m/animal", "/m/dog", 1, 0.9))
    return found


@given(offers(), st.integers(1, 5) | st.none(), st.randoms(use_true_random=False))
def test_choices_keep_caps_and_groups_whole_in_whatever_order_rows_come(
    found: list[Offer], cap: int | None, dice: random.Random
) -> None:
    rules = SubsetRules(labels=RULES.labels, splits=SPLITS, cap_per_label=cap)
    choices = choose(found, rules)
    assert choices == choose(dice.sample(found, len(found)), rules)
    assert len({choice.image_id for choice in choices}) == len(choices)
    assert len({(choice.group, choice.split) for choice in choices}) == len(
        {choice.group for choice in choices}
    )
    for label in rules.labels:
        taken = [choice.image_id for choice in choices if choice.label == label]
        offered = {offer.image_id for offer in found if offer.label == label}
        if cap is not None:
            assert len(taken) <= cap
        assert set(taken) <= offered


@given(offers(), offers(), st.integers(2, 6))
def test_an_image_never_moves_and_a_group_is_never_torn_between_releases(
    first: list[Offer], later: list[Offer], step: int
) -> None:
    before = choose(first, RULES)
    regrouped = [  # keepers change, groups merge
        Offer(o.image_id, first[::step][0].group, o.label, o.claimed_label, o.distance, 0.9)
        for o in first
    ]
    keeper_now = {offer.image_id: offer.group for offer in regrouped}
    history = [
        Assignment(choice.image_id, keeper_now[choice.image_id], choice.split, 1)
        for choice in before
    ]
    after = choose([*regrouped, *later], RULES, history)
    splits_before = {choice.image_id: choice.split for choice in before}
    for choice in after:
        assert splits_before.get(choice.image_id, choice.split) == choice.split
    groups = {choice.group for choice in after}
    assert len({(choice.group, choice.split) for choice in after}) == len(groups)


def test_an_image_lies_under_the_nearest_label_and_names_all() -> None:
    found = [
        Offer("a" * 16, "a" * 16, "/m/animal", "/m/dog", 1, 0.8),
        Offer("a" * 16, "a" * 16, "/m/dog", "/m/dog", 0, 0.8),
    ]
    (choice,) = choose(found, RULES)
    assert choice.label == "/m/dog"
    (from_afar,) = choose(found[:1], RULES)
    assert from_afar.labels == (("/m/animal", 0.8), ("/m/dog", 0.8))


def test_a_split_that_the_subset_has_no_more_is_forgotten() -> None:
    offer = Offer("a" * 16, "a" * 16, "/m/dog", "/m/dog", 0, 0.8)
    (choice,) = choose([offer], RULES, [Assignment("a" * 16, "a" * 16, "dropped", 1)])
    assert choice.split == split_of("a" * 16, SPLITS)


def test_splits_come_close_to_their_shares() -> None:
    drawn = [split_of(f"{number:016x}", SPLITS) for number in range(4000)]
    for name, share in SPLITS:
        assert drawn.count(name) / len(drawn) == pytest.approx(share, abs=0.03)


@given(image_ids)
def test_the_order_of_splits_does_not_matter(group: str) -> None:
    assert split_of(group, SPLITS) == split_of(group, SPLITS[::-1])


@given(st.text(max_size=80))
def test_any_name_makes_a_safe_path(name: str) -> None:
    assert manifests.PATH.fullmatch(path("train", Label("/m/01abc", name), "0" * 16))
    assert manifests.is_word(slug(name))
    assert 1 <= len(slug(name)) <= 48
    assert len(slug(name).encode()) <= 96


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Crème brûlée", "creme-brulee"),
        ("Straße", "strasse"),
        ("Bell  pepper (red)", "bell-pepper-red"),
        ("תפוח", "תפוח"),
        ("日本語ラベル", "日本語ラベル"),
        ("हिन्दी", "हिन्दी"),
        ("🍎", "label"),
        ("ab\u202ecd\u200bef", "ab-cd-ef"),
        ("../..", "label"),
    ],
)
def test_a_folder_says_the_name_in_its_own_script(name: str, folder: str) -> None:
    assert slug(name) == folder
    assert release_paths.mids_of(f"{folder}-01abc") == ["/m/01abc"]


def test_mids_of_different_kinds_have_different_codes() -> None:
    assert (code("/m/01abc"), code("/g/01abc")) == ("01abc", "g-01abc")


def _selection(contents: dict[str, bytes]) -> Selection:
    return Selection(
        release="pets-1",
        created_at=datetime(2026, 5, 1, tzinfo=UTC),
        label_set_version=3,
        rules={"labels": ["/m/dog"]},
        choices=[
            ChosenImage(
                image_id, image_id, "/m/dog", split_of(image_id, SPLITS), (("/m/dog", 0.9),)
            )
            for image_id in contents
        ],
        labels={"/m/dog": Label("/m/dog", "Dog")},
        photos={
            image_id: ReleasePhoto(
                image_id, digest(data), digest(data), len(data), 0, 4, 3, "ada", "CC-BY-4.0"
            )
            for image_id, data in contents.items()
        },
    )


def test_a_manifest_lists_files_in_path_order_and_classes_as_folders_are_sorted() -> None:
    names = {"/m/b": "Zebra", "/m/a": "apple", "/m/c": "Émile"}
    contents = {f"{number:016x}": bytes([number]) * 100 for number in range(20)}
    one = _selection(contents)
    mids = sorted(names)
    choices = [
        replace(choice, label=mids[number % 3], labels=((mids[number % 3], 0.9),))
        for number, choice in enumerate(one.choices)
    ]
    labels = {mid: Label(mid, name) for mid, name in names.items()}
    manifest = lay_out(replace(one, choices=choices, labels=labels))
    paths = [file.path for file in manifest.files]
    assert paths == sorted(paths)
    folders = sorted({path.split("/")[1] for path in paths})
    of_class = {file.label: file.path.split("/")[1] for file in manifest.files}
    assert [of_class[mid] for mid in manifest.classes] == folders
