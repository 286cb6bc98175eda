"""What things are made of: one function a material, from colours as six hexadecimal digits."""

from __future__ import annotations

import random
from typing import Any, TypeAlias

import bpy

from deploy.demo.studio.paint import Colour, Paint, linear

Material: TypeAlias = bpy.types.Material


def shade(colour: Colour, by: float) -> Colour:
    """The colour, brighter or darker by a factor, no channel above 1."""
    red, green, blue = (min(1.0, channel * by) for channel in colour)
    return red, green, blue


def plain(colour: str, roughness: float = 0.5, **more: Any) -> Material:
    """One colour, slightly uneven."""
    paint = Paint("plain")
    base = linear(colour)
    cloud = paint.noise(30)
    return paint.surface(paint.mix(cloud, shade(base, 0.9), shade(base, 1.08)), roughness, **more)


def glaze(colour: str, speckles: str = "") -> Material:
    """Fired ceramic under a clear coat, with iron specks where a colour is named."""
    paint = Paint("glaze")
    base = linear(colour)
    skin = paint.mix(paint.noise(25), shade(base, 0.88), shade(base, 1.1))
    if speckles:
        dots = paint.step(paint.cells(260), 0.22, 0.14)
        skin = paint.mix(paint.math("MULTIPLY", dots, 0.85), skin, linear(speckles))
    uneven = paint.bump(paint.noise(60), 0.0006)
    return paint.surface(skin, 0.28, Coat_Weight=0.7, Coat_Roughness=0.05, Normal=uneven)


def matte(colour: str) -> Material:
    """Unglazed or powder-coated: dull, fine-grained."""
    paint = Paint("matte")
    base = linear(colour)
    skin = paint.mix(paint.noise(90), shade(base, 0.85), shade(base, 1.12))
    return paint.surface(skin, 0.62, Normal=paint.bump(paint.noise(900), 0.0002))


def plastic(colour: str, roughness: float = 0.25) -> Material:
    """Moulded plastic."""
    return Paint("plastic").surface(
        linear(colour), roughness, Subsurface_Weight=0.0, Specular_IOR_Level=0.5
    )


def metal(colour: str, roughness: float = 0.25) -> Material:
    """Brushed or polished metal."""
    paint = Paint("metal")
    rough = paint.math("ADD", paint.math("MULTIPLY", paint.noise(40), 0.15), roughness)
    return paint.surface(linear(colour), rough, Metallic=1.0)


def glass(colour: str, roughness: float = 0.02) -> Material:
    """Glass whose shadow is light, as real glass's is: shadow rays pass, tinted."""
    paint = Paint("glass")
    tinted = linear(colour)
    solid = paint.node(
        "BsdfPrincipled",
        {"Base Color": tinted, "Roughness": roughness, "Transmission Weight": 1.0, "IOR": 1.45},
    ).outputs[0]
    clear = paint.node("BsdfTransparent", {"Color": tinted}).outputs[0]
    shadow = paint.node("LightPath", {}).outputs["Is Shadow Ray"]
    return paint.finish(paint.node("MixShader", {0: shadow, 1: solid, 2: clear}).outputs[0])


def wax(colour: str, radius: float = 0.012) -> Material:
    """Wax: light wanders inside it."""
    paint = Paint("wax")
    base = linear(colour)
    return paint.surface(
        paint.mix(paint.noise(40), shade(base, 0.92), base),
        0.42,
        Subsurface_Weight=0.7,
        Subsurface_Radius=(1.0, 0.7, 0.45),
        Subsurface_Scale=radius,
        Normal=paint.bump(paint.noise(120), 0.0006),
    )


def wood(light: str, dark: str, grain: float = 1.0, gloss: float = 0.4) -> Material:
    """Planed wood, its grain along X; `grain` above 1 is finer."""
    paint = Paint("wood")
    bright, deep = linear(light), linear(dark)
    along = paint.stretched(2.2 * grain, 26 * grain, 26 * grain)
    rings = paint.noise(1.6, 4, along, 0.6)
    fibres = paint.noise(9, 3, along, 0.7)
    skin = paint.ramp(rings, (0.25, deep), (0.5, bright), (0.62, shade(bright, 0.82)), (0.8, deep))
    skin = paint.mix(paint.math("MULTIPLY", fibres, 0.5), skin, shade(deep, 0.7), "MULTIPLY")
    return paint.surface(skin, gloss, Normal=paint.bump(fibres, 0.0004))


def fabric(colour: str, second: str = "", check: float = 0.03, weave: float = 900.0) -> Material:
    """Cloth, `weave` threads to the metre; a second colour makes checks, `check` metres wide."""
    paint = Paint("fabric")
    base = linear(colour)
    skin: Any = paint.mix(paint.noise(60), shade(base, 0.86), shade(base, 1.08))
    if second:
        other = linear(second)
        stripes = [
            paint.math(
                "GREATER_THAN", paint.math("SINE", paint.math("MULTIPLY", axis, 3.14 / check))
            )
            for axis in (paint.axis("X"), paint.axis("Y"))
        ]
        share = paint.math("MULTIPLY", paint.math("ADD", *stripes), 0.5)
        skin = paint.mix(share, skin, other)
    rough = paint.bump(paint.noise(weave, 1.0), 0.0012)
    return paint.surface(skin, 0.85, Sheen_Weight=0.25, Specular_IOR_Level=0.2, Normal=rough)


def skin(
    colours: tuple[str, str], freckles: str = "", chance: random.Random | None = None
) -> Material:
    """A fruit's skin: two colours that run from pole to pole, freckles, a waxy shine."""
    paint = Paint("skin")
    luck = chance or random.Random(0)  # noqa: S311 - luck, not a secret
    first, second = linear(colours[0]), linear(colours[1])
    moved = paint.node(
        "Mapping",
        {"Vector": paint.place, "Scale": (40, 40, 9), "Location": (luck.random() * 9, 0.0, 0.0)},
    ).outputs[0]
    streaks = paint.noise(1.0, 4, moved, 0.6)
    blush = paint.noise(9 + 4 * luck.random(), 1)
    share = paint.step(paint.math("ADD", paint.math("MULTIPLY", streaks, 0.5), blush), 0.6, 0.95)
    colour = paint.mix(share, first, second)
    if freckles:
        dots = paint.step(paint.cells(330), 0.13, 0.06)
        colour = paint.mix(paint.math("MULTIPLY", dots, 0.45), colour, linear(freckles))
    return paint.surface(
        colour,
        0.3,
        Subsurface_Weight=0.08,
        Subsurface_Scale=0.004,
        Coat_Weight=0.25,
        Coat_Roughness=0.15,
        Normal=paint.bump(paint.noise(70), 0.0008),
    )


def peel(colour: str, second: str) -> Material:
    """Citrus peel: pores and a dull shine."""
    paint = Paint("peel")
    pores = paint.step(paint.cells(420), 0.0, 0.5)
    tone = paint.mix(paint.noise(18), linear(colour), linear(second))
    return paint.surface(
        paint.mix(pores, shade(linear(colour), 0.75), tone),
        0.38,
        Subsurface_Weight=0.1,
        Subsurface_Scale=0.004,
        Normal=paint.bump(pores, 0.0009),
    )


def glowing(colour: str, strength: float) -> Material:
    """What shines by itself."""
    paint = Paint("glow")
    inputs = {"Color": linear(colour), "Strength": strength}
    return paint.finish(paint.node("Emission", inputs).outputs[0])


def tinted(roughness: float, grain: float = 0.0, depth: float = 0.0, **more: Any) -> Material:
    """A surface of the vertices' own colours, pebbled `grain` to the metre, `depth` deep."""
    paint = Paint("tinted")
    if grain:
        more["Normal"] = paint.bump(paint.cells(grain), depth)
    return paint.surface(paint.tint(), roughness, **more)


def thin(colour: str, second: str = "") -> Material:
    """Paper, cloth or a shade that light shines through; with vertices' colours if `tint`."""
    paint = Paint("thin")
    base = paint.tint() if colour == "tint" else linear(colour)
    if second:
        base = paint.mix(paint.noise(30), base, linear(second))
    front = paint.node("BsdfDiffuse", {"Color": base}).outputs[0]
    through = paint.node("BsdfTranslucent", {"Color": base}).outputs[0]
    return paint.finish(paint.node("MixShader", {0: 0.4, 1: front, 2: through}).outputs[0])
