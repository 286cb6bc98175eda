"""One material under the brush: a small language for Blender's shader nodes."""

from __future__ import annotations

from typing import Any

import bpy

Colour = tuple[float, float, float]


def linear(colour: str) -> Colour:
    """Linear light of an sRGB colour written as six hexadecimal digits (IEC 61966-2-1)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return red, green, blue


MOST_DETAIL = 3.0
"""Finer octaves of noise cost as much as coarse ones and do not show in a small photo."""


class Paint:
    """A new material; every method adds a node and answers with its socket."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.nodes = self.material.node_tree.nodes
        self.nodes.clear()
        self._output = self.nodes.new("ShaderNodeOutputMaterial")
        self.place = self.nodes.new("ShaderNodeTexCoord").outputs["Object"]

    def node(self, kind: str, inputs: dict[Any, Any], **settings: Any) -> Any:
        """A node; an input is a value or the socket to join it to."""
        made = self.nodes.new(f"ShaderNode{kind}")
        for name, value in settings.items():
            setattr(made, name, value)
        for name, value in inputs.items():
            self.join(value, made.inputs[name])
        return made

    def join(self, value: Any, socket: Any) -> None:
        """Set a socket to a value, or join another to it."""
        if isinstance(value, bpy.types.NodeSocket):
            self.material.node_tree.links.new(value, socket)
        elif isinstance(value, tuple) and len(value) == 3 and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def noise(self, scale: float, detail: float = 2.0, at: Any = None, rough: float = 0.5) -> Any:
        """Clouds between 0 and 1, `scale` to the metre."""
        inputs = {
            "Scale": scale,
            "Detail": min(detail, MOST_DETAIL),
            "Roughness": rough,
            "Vector": at or self.place,
        }
        return self.node("TexNoise", inputs).outputs["Fac"]

    def cells(self, scale: float, at: Any = None) -> Any:
        """The distance to the nearest of scattered points."""
        inputs = {"Scale": scale, "Vector": at or self.place}
        return self.node("TexVoronoi", inputs).outputs["Distance"]

    def stretched(self, x: float, y: float, z: float, turn: float = 0.0) -> Any:
        """The place, scaled along each axis and turned about the vertical, in radians."""
        inputs = {"Vector": self.place, "Scale": (x, y, z), "Rotation": (0.0, 0.0, turn)}
        return self.node("Mapping", inputs).outputs[0]

    def ramp(self, value: Any, *stops: tuple[float, Colour]) -> Any:
        """A colour for every value, between the stops."""
        made = self.node("ValToRGB", {"Fac": value})
        steps = made.color_ramp.elements
        while len(steps) < len(stops):
            steps.new(0.5)
        for step, (at, colour) in zip(steps, stops, strict=True):
            step.position, step.color = at, (*colour, 1.0)
        return made.outputs["Color"]

    def step(self, value: Any, low: float, high: float) -> Any:
        """0 below `low`, 1 above `high`, a slope between."""
        inputs = {"Value": value, "From Min": low, "From Max": high}
        return self.node("MapRange", inputs, interpolation_type="SMOOTHSTEP").outputs["Result"]

    def mix(self, share: Any, first: Any, second: Any, blend: str = "MIX") -> Any:
        """The first colour where `share` is 0, the second where it is 1."""
        made = self.node("Mix", {0: share, 6: first, 7: second}, data_type="RGBA", blend_type=blend)
        return made.outputs[2]

    def math(self, operation: str, first: Any, second: Any = 0.0) -> Any:
        """Arithmetic on two values."""
        return self.node("Math", {0: first, 1: second}, operation=operation).outputs[0]

    def axis(self, name: str, at: Any = None) -> Any:
        """X, Y or Z of the place."""
        return self.node("SeparateXYZ", {0: at or self.place}).outputs[name]

    def bump(self, height: Any, depth: float, strength: float = 1.0) -> Any:
        """The normal of a surface that rises by `depth` metres where `height` is 1."""
        inputs = {"Height": height, "Distance": depth, "Strength": strength}
        return self.node("Bump", inputs).outputs["Normal"]

    def tint(self) -> Any:
        """The vertices' own colours, as `shapes.tint` left them."""
        return self.node("VertexColor", {}, layer_name="tint").outputs["Color"]

    def surface(self, colour: Any, roughness: Any = 0.5, **more: Any) -> bpy.types.Material:
        """The finished material; `more` are inputs of the Principled BSDF, `_` for spaces."""
        inputs = {name.replace("_", " "): value for name, value in more.items()}
        shader = self.node("BsdfPrincipled", {"Base Color": colour, "Roughness": roughness})
        for name, value in inputs.items():
            self.join(value, shader.inputs[name])
        return self.finish(shader.outputs[0])

    def finish(self, shader: Any) -> bpy.types.Material:
        """The finished material of any shader."""
        self.join(shader, self._output.inputs["Surface"])
        return self.material
