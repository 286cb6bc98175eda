"""Put the preparation of pixels inside a network, so that every network takes the same uint8."""

from __future__ import annotations

from typing import Any

from imagehub.vision.network import AS_IS, Colours, Preparation


def take_pixels(model: Any, preparation: Preparation, layout: str) -> Any:
    """Give an OpenVINO model that takes uint8 RGB, 1 x SIDE x SIDE x 3.

    `model` has one input in `layout`, NCHW or NHWC: floats, or uint8 if it needs no preparation.
    """
    import openvino as ov
    from openvino.preprocess import ColorFormat, PrePostProcessor

    element_type = model.input().element_type
    if preparation == AS_IS and layout == "NHWC" and element_type == ov.Type.u8:
        return model
    steps = PrePostProcessor(model)
    own = ColorFormat.BGR if preparation.colours is Colours.BGR else ColorFormat.RGB
    input_tensor = steps.input().tensor().set_element_type(ov.Type.u8)
    input_tensor.set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.RGB)
    prepared = steps.input().preprocess().convert_element_type(ov.Type.f32).convert_color(own)
    if any(preparation.mean):
        prepared = prepared.mean(list(preparation.mean))
    if any(scale != 1 for scale in preparation.scale):
        prepared = prepared.scale(list(preparation.scale))
    prepared.convert_element_type(element_type)
    steps.input().model().set_layout(ov.Layout(layout))
    return steps.build()
