"""What one kind of a thing looks like, in words, and where such a thing is met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Appearance:
    """One kind of a thing: its colour and material in words, its colours for the brush, its form.

    `phrase` names it without an article ("red enamel mug"); colours are sRGB, six hexadecimal
    digits. Phrases of a form that shows several are plural.
    """

    colour: str
    material: str
    form: str
    phrase: str
    colours: tuple[str, str]
    is_plural: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """One Open Images class, the kinds of it that are photographed, and its places."""

    name: str
    mid: str
    label: str
    looks: tuple[Appearance, ...]
    places: tuple[str, ...]
    clutter: tuple[str, ...]
    elevation_degrees: tuple[float, float] = (14.0, 55.0)
