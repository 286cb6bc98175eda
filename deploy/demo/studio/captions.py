"""What people might write under a photo: plain English of many shapes, from the scene's facts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from deploy.demo.studio.look import Appearance
from deploy.demo.studio.scene import Scene
from deploy.demo.studio.words import CLUTTER, LIGHTS, MADE_OF, NOUNS, PLACES


@dataclass(frozen=True, slots=True)
class Facts:
    """The parts of a sentence: the thing with and without its article, where, in what light."""

    named: str
    bare: str
    where: str
    light: str
    seen: str
    beside: str
    is_plural: bool

    def verb(self, one: str, several: str) -> str:
        """The verb's form that agrees with the thing."""
        return several if self.is_plural else one


def captions(scene: Scene) -> tuple[str, str]:
    """Two different sentences about the scene; the same scene has the same two."""
    chance = scene.chance("captions")
    first, second = chance.sample(SHAPES, 2)
    return _sentence(first, scene, chance), _sentence(second, scene, chance)


def with_article(phrase: str) -> str:
    """The phrase after "a" or "an"."""
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def _sentence(shape: Callable[[Facts], str], scene: Scene, chance: random.Random) -> str:
    text = " ".join(shape(_facts(scene, chance)).split()).replace(" ,", ",").replace(" .", ".")
    return text[0].upper() + text[1:]


def _facts(scene: Scene, chance: random.Random) -> Facts:
    look = scene.look
    bare = look.phrase if look.is_plural else _bare(scene.thing.name, look, chance)
    beside = chance.choice(CLUTTER[chance.choice(scene.clutter)]) if scene.clutter else ""
    return Facts(
        named=bare if look.is_plural else with_article(bare),
        bare=bare,
        where=chance.choice(PLACES[scene.place]),
        light=chance.choice(LIGHTS[scene.light]),
        seen=chance.choice(_seen(scene)),
        beside=beside,
        is_plural=look.is_plural,
    )


def _bare(name: str, look: Appearance, chance: random.Random) -> str:
    """The thing without an article: its phrase, or another noun with its colour or material."""
    ways = [look.phrase, look.phrase]
    if look.form in MADE_OF.get(name, ()):
        noun = chance.choice(NOUNS[name])
        ways += [f"{noun} made of {look.material}"]
        if look.colour.isalpha():
            ways += [f"{look.colour} {noun}", f"{noun} in {look.colour}"]
    return chance.choice(ways)


def _seen(scene: Scene) -> tuple[str, ...]:
    view = scene.view
    if view.is_high:
        return ("from above", "from high up", "from overhead")
    if view.is_low:
        return ("at eye level", "from low down", "from the side")
    if view.is_close:
        return ("close up", "from nearby", "filling the frame")
    if view.is_far:
        return (
            "from a few steps back",
            "with room around it" if not scene.look.is_plural else "with room around them",
        )
    return ("at an angle", "from slightly above", "from the front")


def _near(facts: Facts, word: str = "with") -> str:
    return f"{word} {facts.beside}" if facts.beside else ""


SHAPES: tuple[Callable[[Facts], str], ...] = (
    lambda f: f"{f.named} {f.where}.",
    lambda f: f"{f.named} {f.where} in {f.light}.",
    lambda f: f"{f.named} {f.verb('sits', 'sit')} {f.where}.",
    lambda f: f"There {f.verb('is', 'are')} {f.named} {f.where} {_near(f, 'next to')}.",
    lambda f: f"{f.where}, {f.named}, photographed {f.seen}.",
    lambda f: f"{f.named} {f.seen}, {f.light} falling on {f.verb('it', 'them')}.",
    lambda f: f"A photo of {f.named} {_near(f, 'beside')}.",
    lambda f: f"Somebody left {f.named} {f.where}.",
    lambda f: f"{f.light} on {f.named}.",
    lambda f: f"In {f.light}, {f.named} {f.verb('stands', 'stand')} out {f.where}.",
    lambda f: f"{f.named} {f.where} {_near(f)}, {f.seen}.",
    lambda f: f"Snapshot {f.where}: {f.named}.",
    lambda f: f"{f.named}, {f.seen}.",
    lambda f: (
        f"My {f.bare} {f.where} {_near(f, 'near')}."
        if not f.is_plural
        else f"I have {f.named} {f.where}."
    ),
    lambda f: (
        f"{f.named} and {f.beside} {f.where}." if f.beside else f"Nothing but {f.named} {f.where}."
    ),
    lambda f: f"What you see {f.where} {f.verb('is', 'are')} {f.named}.",
    lambda f: f"{f.named} lit by {f.light}, {f.where}.",
    lambda f: f"Phone picture of {f.named} in {f.light}.",
    lambda f: f"{f.named} {f.where}, taken {f.seen} in {f.light}.",
    lambda f: (
        f"{f.named} {_near(f, 'behind which one sees')}."
        if f.beside
        else f"Just {f.named}, {f.seen}."
    ),
    lambda f: f"Found {f.where}: {f.named} {_near(f, 'close to')}.",
    lambda f: f"{f.seen}, {f.named} {f.verb('rests', 'rest')} {f.where}.",
    lambda f: f"{f.named} waiting {f.where}.",
    lambda f: f"Look at {f.named} here, {f.where} in {f.light}.",
)
