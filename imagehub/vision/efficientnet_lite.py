"""EfficientNet-Lite (Tan and Le, arXiv:1905.11946; Lite by Liu 2020) as an OpenVINO graph.

The numbers come from a PyTorch state dict in the names of `efficientnet_lite_pytorch`. The Lite
networks have no squeeze-and-excitation, ReLU6 in place of swish, and stem and head of one width.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from imagehub.errors import Refused
from imagehub.vision.graph import probabilities, with_outputs
from imagehub.vision.network import Colours, Preparation, Scores
from imagehub.vision.resnet import Convolution, fold

Float32s = npt.NDArray[np.float32]
State = Mapping[str, Float32s]

PREPARATION = Preparation(Colours.RGB, (127.0,) * 3, (128.0,) * 3)
EPSILON = 1e-3
STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)
"""A stage begins with the block that changes the count of channels; its other blocks keep all."""
NORMALISATION = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def build(state: State, side_pixels: int) -> Any:
    """Build the model: float32 1 x 3 x SIDE x SIDE -> features, 1 x D, and probabilities.

    The features are the means over the picture before the classifier. Raises Refused if a tensor
    is missing or the blocks are not seven stages.
    """
    from openvino import opset13 as ops

    try:
        pixels = ops.parameter([1, 3, side_pixels, side_pixels], np.float32, name="pixels")
        seen = _relu6(_convolved(pixels, _folded(state, "_conv_stem", "_bn0", stride=2)))
        for number, stride in enumerate(_strides(state)):
            seen = _block(seen, state, f"_blocks.{number}", stride)
        seen = _relu6(_convolved(seen, _folded(state, "_conv_head", "_bn1")))
        features = ops.reduce_mean(seen, np.array([2, 3]), keep_dims=False)
        logits = ops.add(
            ops.matmul(features, state["_fc.weight"], False, True), state["_fc.bias"][None]
        )
    except KeyError as error:
        raise Refused("not_efficientnet_lite", f"The weights lack the tensor {error}.") from error
    model = with_outputs(_model(pixels, logits), features, probabilities(logits, Scores.SOFTMAX))
    model.set_friendly_name("efficientnet_lite")
    return model


def _model(pixels: Any, logits: Any) -> Any:
    import openvino as ov

    return ov.Model([logits], [pixels], "efficientnet_lite")


def _strides(state: State) -> list[int]:
    """The stride of each block."""
    widths = [int(state["_conv_stem.weight"].shape[0])]
    while (name := f"_blocks.{len(widths) - 1}._project_conv.weight") in state:
        widths.append(int(state[name].shape[0]))
    begins = [now != before for before, now in pairwise(widths)]
    if sum(begins) != len(STAGE_STRIDES):
        raise Refused(
            "not_efficientnet_lite",
            f"The weights have {sum(begins)} stages of blocks, not {len(STAGE_STRIDES)}.",
        )
    of_stages = iter(STAGE_STRIDES)
    return [next(of_stages) if begin else 1 for begin in begins]


def _block(tensor: Any, state: State, name: str, stride: int) -> Any:
    """An inverted residual (Sandler et al., arXiv:1801.04381) without its last activation."""
    from openvino import opset13 as ops

    seen = tensor
    if f"{name}._expand_conv.weight" in state:
        seen = _relu6(_convolved(seen, _folded(state, f"{name}._expand_conv", f"{name}._bn0")))
    depthwise = _folded(state, f"{name}._depthwise_conv", f"{name}._bn1", stride)
    seen = _relu6(_convolved(seen, depthwise, is_depthwise=True))
    seen = _convolved(seen, _folded(state, f"{name}._project_conv", f"{name}._bn2"))
    is_same = stride == 1 and list(tensor.shape) == list(seen.shape)
    return ops.add(seen, tensor) if is_same else seen


def _folded(state: State, convolution: str, normalisation: str, stride: int = 1) -> Convolution:
    kernel = state[f"{convolution}.weight"].transpose(2, 3, 1, 0)
    numbers = {ours: state[f"{normalisation}.{name}"] for ours, name in NORMALISATION.items()}
    return fold(kernel, numbers, EPSILON, stride)


def _convolved(tensor: Any, convolution: Convolution, *, is_depthwise: bool = False) -> Any:
    """Convolve with what TensorFlow calls SAME padding, of which these networks were made."""
    from openvino import opset13 as ops

    kind = ops.group_convolution if is_depthwise else ops.convolution
    weights = convolution.weights[:, None] if is_depthwise else convolution.weights
    found = kind(
        tensor, weights, [convolution.stride] * 2, [0, 0], [0, 0], [1, 1], auto_pad="same_upper"
    )
    return ops.add(found, convolution.bias.reshape(1, -1, 1, 1))


def _relu6(tensor: Any) -> Any:
    from openvino import opset13 as ops

    return ops.clamp(tensor, 0.0, 6.0)
