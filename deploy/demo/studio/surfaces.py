"""What floors, tables and walls are made of."""

from __future__ import annotations

from deploy.demo.studio import materials
from deploy.demo.studio.paint import Paint, linear


def planks(light: str, dark: str, width: float) -> materials.Material:
    """Boards `width` metres wide along X, each with a tone and a grain of its own."""
    paint = Paint("planks")
    bright, deep = linear(light), linear(dark)
    row = paint.math("FLOOR", paint.math("DIVIDE", paint.axis("Y"), width))
    own = paint.node("TexWhiteNoise", {"W": row}, noise_dimensions="1D").outputs["Value"]
    shift = paint.node("CombineXYZ", {0: paint.math("MULTIPLY", own, 30.0), 1: row}).outputs[0]
    along = paint.node("VectorMath", {0: paint.stretched(2.4, 34, 1), 1: shift}).outputs[0]
    grain = paint.noise(1.5, 4, along, 0.62)
    fibres = paint.noise(8, 2, along, 0.7)
    tone = paint.ramp(grain, (0.28, deep), (0.5, bright), (0.72, materials.shade(bright, 0.75)))
    tone = paint.mix(paint.math("MULTIPLY", fibres, 0.45), tone, deep)
    tone = paint.mix(paint.math("MULTIPLY", own, 0.45), tone, materials.shade(deep, 0.8))
    across = paint.math("FRACT", paint.math("DIVIDE", paint.axis("Y"), width))
    edge = paint.math("ABSOLUTE", paint.math("SUBTRACT", across, 0.5))
    gap = paint.step(edge, 0.48, 0.496)
    tone = paint.mix(gap, tone, materials.shade(deep, 0.15))
    height = paint.math("SUBTRACT", paint.math("MULTIPLY", fibres, 0.25), gap)
    return paint.surface(tone, 0.36, Normal=paint.bump(height, 0.0015))


def tiles(colour: str, width: float) -> materials.Material:
    """Square glazed tiles with pale joints."""
    paint = Paint("tiles")
    base = linear(colour)
    brick = paint.node(
        "TexBrick",
        {
            "Vector": paint.place,
            "Color1": base,
            "Color2": materials.shade(base, 0.88),
            "Mortar": linear("b8b2a6"),
            "Scale": 1.0,
            "Mortar Size": width * 0.025,
            "Brick Width": width,
            "Row Height": width,
        },
        offset=0.0,
    )
    deep = paint.bump(paint.math("SUBTRACT", 1.0, brick.outputs["Fac"]), 0.002)
    return paint.surface(brick.outputs["Color"], 0.16, Normal=deep)


def plaster(colour: str) -> materials.Material:
    """A painted wall, a little uneven."""
    paint = Paint("plaster")
    base = linear(colour)
    tone = paint.mix(paint.noise(2.5, 4), materials.shade(base, 0.86), materials.shade(base, 1.05))
    return paint.surface(tone, 0.8, Normal=paint.bump(paint.noise(90, 3), 0.002))
