"""The coverage board: what label sets lack, by light, device, place and cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import demand_queries
from imagehub.catalogue.images import coverage
from imagehub.catalogue.images.coverage import DIMENSIONS, CoverageFilter, ValueCount
from imagehub.catalogue.labels import label_queries
from imagehub.errors import NotFound
from imagehub.vocabulary import Label
from webapp.http.cursors import Page, decode, page_after

FEW_IMAGES = 20
"""Below so many images everything is thin; only more of any kind help."""

THIN_SHARE = 0.25
"""A value is thin that has less than this share of what it had if all had the same."""

MOST_PLACES = 6
FIRST = (2**62, "")
UNKNOWN = frozenset({"", "-1"})
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "light": ("dark", "normal", "bright"),
    "device": ("phone", "camera"),
}
TITLES = {"light": "Light", "device": "Device", "place": "Place", "cluster": "Cluster"}
WORDS = {
    ("light", "dark"): ("dim", "in dim light"),
    ("light", "normal"): ("even", "in even light"),
    ("light", "bright"): ("bright", "in bright light"),
    ("device", "phone"): ("phone", "taken with a phone"),
    ("device", "camera"): ("camera", "taken with a camera"),
    ("device", "other"): ("other", "taken with another device"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a dimension: its images, in how many words, and the wish for more of it.

    `asked` is the open demand of that wish, or None.
    """

    code: str
    words: str
    images: int
    share: float
    is_thin: bool
    wish: str
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """One dimension of a label's images; `unknown` images have no value there."""

    dimension: str
    values: tuple[Value, ...]
    unknown: int

    @property
    def title(self) -> str:
        """The dimension's name."""
        return TITLES[self.dimension]

    @property
    def thin(self) -> tuple[Value, ...]:
        """The values with too few images, the fewest first."""
        return tuple(sorted((v for v in self.values if v.is_thin), key=lambda v: v.images))


@dataclass(frozen=True, slots=True)
class Coverage:
    """A label's images by every dimension in which something is known."""

    label: Label
    images: int
    facets: tuple[Facet, ...]

    @property
    def is_few(self) -> bool:
        """True where only more images of any kind help."""
        return self.images < FEW_IMAGES

    @property
    def thin(self) -> tuple[Value, ...]:
        """What is missing most, in all dimensions."""
        return tuple(value for facet in self.facets for value in facet.thin)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all labels of a page share: the hub's regions, open wishes (MID, why), the choice."""

    places: Sequence[str]
    asked: Mapping[tuple[str, str], str]
    choice: CoverageFilter


def board(database: Database, after: str | None, limit: int) -> Page[Coverage]:
    """A page of labels, those with most images first, and what each lacks."""
    position = decode(after, int, str) if after else FIRST
    with database.transaction() as cursor:
        found = coverage.labels(cursor, (position[0], position[1]), limit + 1)
        page = page_after(found, limit, lambda row: (row[1], row[0].mid), is_first=True)
        mids = [label.mid for label, _ in page.items]
        counts = coverage.counts(cursor, mids, CoverageFilter())
        places = coverage.places(cursor, MOST_PLACES)
        frame = Frame(places, demand_queries.open_wishes(cursor, mids), CoverageFilter())
    return Page(
        tuple(_coverage(label, images, counts, frame) for label, images in page.items),
        page.after,
    )


def of_label(database: Database, mid: str, choice: CoverageFilter) -> Coverage:
    """One label's images, of those that a choice leaves; raise NotFound if there is no label."""
    with database.transaction() as cursor:
        entry = label_queries.find(cursor, mid)
        if entry is None:
            raise NotFound(f"There is no label {mid}.")
        counts = coverage.counts(cursor, [mid], choice)
        places = coverage.places(cursor, MOST_PLACES)
        asked = demand_queries.open_wishes(cursor, [mid])
    images = sum(count.images for count in counts if count.dimension == "light")
    return _coverage(entry.label, images, counts, Frame(places, asked, choice))


def facet(dimension: str, counts: Mapping[str, int], expected: Sequence[str]) -> Facet:
    """Put the counts of one dimension beside the values that it should have."""
    known = {code: images for code, images in counts.items() if code not in UNKNOWN}
    codes = list(dict.fromkeys([*expected, *known]))
    total = sum(known.values())
    even = total / len(codes) if codes else 0.0
    values = []
    for code in codes:
        images = known.get(code, 0)
        name, wish = words_of(dimension, code)
        is_thin = total >= FEW_IMAGES and len(codes) > 1 and images < THIN_SHARE * even
        is_wanted = is_thin and (dimension != "device" or code in expected)
        share = images / total if total else 0.0
        values.append(Value(code, name, images, share, is_wanted, sentence([wish])))
    return Facet(dimension, tuple(values), sum(counts.values()) - total)


def words_of(dimension: str, code: str) -> tuple[str, str]:
    """A value in a word or two, and as a wish: `in dim light`."""
    if dimension == "cluster":
        return f"cluster {int(code) + 1}", f"that look like those of cluster {int(code) + 1}"
    if dimension == "place":
        south, west = (int(part) for part in code.split(" "))
        name = f"{_degrees(south, 'N', 'S')}, {_degrees(west, 'E', 'W')}"
        return name, f"taken at {name}"
    return WORDS[dimension, code]


def sentence(wishes: Sequence[str]) -> str:
    """Wishes as one sentence: `In dim light, taken with a phone.`"""
    text = ", ".join(wishes)
    return f"{text[:1].upper()}{text[1:]}."


def chosen_words(choice: CoverageFilter) -> dict[str, str]:
    """What a choice chooses, by dimension, as wishes; raise NotFound for a value that is none."""
    chosen = {
        "light": choice.light,
        "device": choice.device,
        "place": choice.place,
        "cluster": None if choice.cluster is None else str(choice.cluster),
    }
    try:
        return {name: words_of(name, code)[1] for name, code in chosen.items() if code is not None}
    except (KeyError, ValueError) as error:
        raise NotFound("There are no such photos.") from error


def _coverage(label: Label, images: int, counts: Iterable[ValueCount], frame: Frame) -> Coverage:
    own = [count for count in counts if count.label == label.mid]
    chosen = chosen_words(frame.choice)
    facets = []
    for dimension in DIMENSIONS:
        found = {count.value: count.images for count in own if count.dimension == dimension}
        if dimension in chosen or set(found) <= UNKNOWN:
            continue
        expected = frame.places if dimension == "place" else EXPECTED.get(dimension, ())
        made = facet(dimension, found, expected)
        values = (_in_frame(value, label, [*chosen.values()], frame) for value in made.values)
        facets.append(replace(made, values=tuple(values)))
    return Coverage(label, images, tuple(facets))


def _in_frame(value: Value, label: Label, chosen: Sequence[str], frame: Frame) -> Value:
    wish = sentence([*chosen, value.wish[:1].lower() + value.wish[1:-1]])
    return replace(value, wish=wish, asked=frame.asked.get((label.mid, wish)))


def _degrees(start: int, positive: str, negative: str) -> str:
    low, high = (start, start + 10) if start >= 0 else (-start - 10, -start)
    return f"{low} to {high}° {positive if start >= 0 else negative}"
