"""Writes an int8 network as a .tflite file, so that TensorFlow Lite Micro can be asked about it.

For the oracle only: nothing in the course reads such files. A convolution over time becomes a
CONV_2D over an image one row high, with a PAD before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.trends.tinyml_pico.network import Network, steps_out

VERSIONS = {"CONV_2D": 3, "FULLY_CONNECTED": 12, "PAD": 2, "AVERAGE_POOL_2D": 2}
"""Versions of the operators whose int8 forms are needed."""


def to_tflite(network: Network) -> bytes:
    """The flatbuffer of a network as `labkit.trends.tinyml_pico.integer` describes it.

    Needs the packages tflite-micro, for its schema, and flatbuffers.
    """
    writer = _Writer()
    steps, wide = network["length"], network["channels"]
    scale, zero = network["scale"], network["zero_point"]
    current = writer.values("input", (1, 1, steps, wide), scale, zero)
    writer.graph.inputs = [current]
    for row, layer in enumerate(network["layers"]):
        if layer["kind"] == "conv":
            current = writer.pad(row, layer["padding"], current, (steps, wide), scale, zero)
        after = steps_out(layer, steps)
        wide = len(layer["weight"]) if "weight" in layer else wide
        source_scale, scale = scale, layer.get("output_scale", scale)
        zero = layer.get("output_zero_point", zero)
        shape = (1, wide) if layer["kind"] == "dense" else (1, 1, after, wide)
        target = writer.values(f"values{row}", shape, scale, zero)
        writer.layer(row, layer, current, target, source_scale, steps)
        current, steps = target, after
    writer.graph.outputs = [current]
    return writer.finish()


class _Writer:
    """Collects tensors, buffers and operators of one graph in the schema's own objects."""

    def __init__(self) -> None:
        from tflite_micro.tensorflow.lite.micro.python import schema_py_generated

        self.schema = schema_py_generated
        self.graph = self.schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.buffers = [self.schema.BufferT()]
        self.codes: list[Any] = []
        self.names: list[str] = []

    def values(self, name: str, shape: Sequence[int], scale: ArrayLike, zero: ArrayLike) -> int:
        return self._tensor(name, shape, "INT8", 0, scale, zero)

    def constant(self, name: str, array: NDArray[Any], scale: ArrayLike | None = None) -> int:
        buffer = self.schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
        self.buffers.append(buffer)
        kind = "INT8" if array.dtype == np.int8 else "INT32"
        zero = None if scale is None else np.zeros(np.size(scale), np.int64)
        return self._tensor(name, array.shape, kind, len(self.buffers) - 1, scale, zero)

    def pad(
        self, row: int, count: int, source: int, size: tuple[int, int], scale: float, zero: int
    ) -> int:
        steps, wide = size
        amounts = np.array([[0, 0], [0, 0], [count, count], [0, 0]], np.int32)
        target = self.values(f"padded{row}", (1, 1, steps + 2 * count, wide), scale, zero)
        amount = self.constant(f"padding{row}", amounts)
        self._operator("PAD", [source, amount], target, "PadOptions", self.schema.PadOptionsT())
        return target

    def layer(
        self,
        row: int,
        layer: dict[str, Any],
        source: int,
        target: int,
        source_scale: float,
        steps: int,
    ) -> None:
        if layer["kind"] == "pool":
            options = self.schema.Pool2DOptionsT()
            options.padding = self.schema.Padding.VALID
            options.strideW = options.strideH = options.filterHeight = 1
            options.filterWidth = steps
            self._operator("AVERAGE_POOL_2D", [source], target, "Pool2DOptions", options)
            return
        weight, scales = layer["weight"], layer["weight_scale"]
        if layer["kind"] == "conv":
            weight = weight[:, None]  # (out, height 1, kernel, in)
        bias_scale = np.float32(source_scale) * scales
        inputs = [
            source,
            self.constant(f"weight{row}", weight, scales),
            self.constant(f"bias{row}", layer["bias"], bias_scale),
        ]
        relu = layer["low"] == layer["output_zero_point"]
        kind = self.schema.ActivationFunctionType
        if layer["kind"] == "conv":
            options = self.schema.Conv2DOptionsT()
            options.padding = self.schema.Padding.VALID
            options.strideW, options.strideH = layer["stride"], 1
            options.dilationWFactor = options.dilationHFactor = 1
            name, union = "CONV_2D", "Conv2DOptions"
        else:
            options = self.schema.FullyConnectedOptionsT()
            name, union = "FULLY_CONNECTED", "FullyConnectedOptions"
        options.fusedActivationFunction = kind.RELU if relu else kind.NONE
        self._operator(name, inputs, target, union, options)

    def finish(self) -> bytes:
        import flatbuffers

        model = self.schema.ModelT()
        model.version = 3
        model.operatorCodes, model.buffers = self.codes, self.buffers
        model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _tensor(
        self,
        name: str,
        shape: Sequence[int],
        kind: str,
        buffer: int,
        scale: ArrayLike | None,
        zero: ArrayLike | None,
    ) -> int:
        tensor = self.schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, list(shape), buffer
        tensor.type = getattr(self.schema.TensorType, kind)
        if scale is not None and zero is not None:
            quantization = self.schema.QuantizationParametersT()
            quantization.scale = [float(value) for value in np.atleast_1d(scale)]
            quantization.zeroPoint = [int(value) for value in np.atleast_1d(zero)]
            quantization.quantizedDimension = 0
            tensor.quantization = quantization
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def _operator(
        self, name: str, inputs: list[int], output: int, union: str, options: Any
    ) -> None:
        if name not in self.names:
            code = self.schema.OperatorCodeT()
            code.builtinCode = getattr(self.schema.BuiltinOperator, name)
            code.deprecatedBuiltinCode = min(code.builtinCode, 127)
            code.version = VERSIONS[name]
            self.names.append(name)
            self.codes.append(code)
        operator = self.schema.OperatorT()
        operator.opcodeIndex = self.names.index(name)
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptions = options
        operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, union)
        self.graph.operators.append(operator)
