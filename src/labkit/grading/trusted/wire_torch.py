"""How torch's tensors travel (see `wire`); imported only where a value needs torch.

A dense tensor of any plain data type travels as its numbers, with the word whether it asks for a
gradient; its history, its gradient and its device stay behind. Sparse, quantized and nested
tensors, and those without numbers, are objects to refer to.
"""

from __future__ import annotations

import math
import re

import torch

from labkit.grading.trusted.wire import (
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    flag,
    integer,
    mro,
    shape,
    text,
)

_NAMES = (
    "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 "
    "complex32 complex64 complex128 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz"
)
_TYPES = {name: getattr(torch, name) for name in _NAMES.split() if hasattr(torch, name)}
_TYPE_NAMES = {kind: name for name, kind in _TYPES.items()}


def _write_tensor(encoder: Encoder, value: torch.Tensor, depth: int) -> Node:
    kind = "parameter" if torch.nn.Parameter in mro(type(value)) else "tensor"
    with torch._C.DisableTorchFunctionSubclass():
        if value.layout is not torch.strided or value.is_nested or value.is_meta:
            raise Unsupported("no numbers in a row")
        tensor = torch.Tensor.as_subclass(value, torch.Tensor)
    name = _TYPE_NAMES.get(tensor.dtype)
    if name is None:
        raise Unsupported(str(tensor.dtype))
    # An expanded tensor is larger than the memory it occupies.
    encoder.expect(tensor.numel() * tensor.element_size())
    dense = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    encoder.put(dense.reshape(-1).view(torch.uint8).numpy().tobytes())
    return ["torch.tensor", kind, name, tensor.requires_grad, list(tensor.shape)]


def _read_tensor(decoder: Decoder, node: list[Node], depth: int) -> torch.Tensor:
    kind, name, wants_gradient, lengths = node
    if kind not in ("tensor", "parameter"):
        raise WireError("a tensor of no known kind")
    number_type, axes = _data_type(name), shape(lengths)
    buffer = decoder.take(math.prod(axes) * number_type.itemsize)
    if number_type is torch.bool and len(buffer) and max(buffer) > 1:
        raise WireError("a boolean tensor with an item that is neither true nor false")
    if len(buffer):
        tensor = torch.frombuffer(bytearray(buffer), dtype=number_type).reshape(axes)
    else:
        tensor = torch.empty(axes, dtype=number_type)
    if kind == "parameter":
        return torch.nn.Parameter(tensor, requires_grad=flag(wants_gradient))
    return tensor.requires_grad_() if flag(wants_gradient) else tensor


def _data_type(node: Node) -> torch.dtype:
    if text(node) not in _TYPES:
        raise WireError(f"a torch data type that does not exist: {node[:40]!r}")
    return _TYPES[node]


def _write_size(encoder: Encoder, value: torch.Size, depth: int) -> Node:
    return ["torch.size", list(map(int.__int__, tuple.__iter__(value)))]


def _read_size(decoder: Decoder, node: list[Node], depth: int) -> torch.Size:
    (lengths,) = node
    return torch.Size([integer(length) for length in lengths])


def _write_data_type(encoder: Encoder, value: torch.dtype, depth: int) -> Node:
    if value not in _TYPE_NAMES:
        raise Unsupported(str(value))
    return ["torch.dtype", _TYPE_NAMES[value]]


def _read_data_type(decoder: Decoder, node: list[Node], depth: int) -> torch.dtype:
    (name,) = node
    return _data_type(name)


def _write_device(encoder: Encoder, value: torch.device, depth: int) -> Node:
    return ["torch.device", str(value)]


_DEVICE = re.compile(r"(cpu|cuda|mps|meta|xpu)(:\d{1,2})?", re.ASCII)


def _read_device(decoder: Decoder, node: list[Node], depth: int) -> torch.device:
    (name,) = node
    return torch.device(text(name, _DEVICE))


WRITERS: dict[type, Write] = {
    torch.Tensor: _write_tensor,
    torch.Size: _write_size,
    torch.dtype: _write_data_type,
    torch.device: _write_device,
}

READERS: dict[str, Read] = {
    "torch.tensor": _read_tensor,
    "torch.size": _read_size,
    "torch.dtype": _read_data_type,
    "torch.device": _read_device,
}
