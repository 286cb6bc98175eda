"""The pretrained networks: a registry, their preparation, and running them."""

import sys

# OpenVINO and NNCF report their use to their makers unless this module of theirs is missing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # None: "cannot be imported"
