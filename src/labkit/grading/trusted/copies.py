"""What both processes do with values that travel: change them in place, copy objects and states.

A value that a learner's function changed in place is changed here too (`pour`); objects of classes
that a set-up cell defined travel by their attributes, sources of random numbers by their state.
The format of single values is the business of `wire`.
"""

from __future__ import annotations

import collections
import enum
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from labkit.grading.trusted import wire


def is_mutable_value(value: Any) -> bool:
    """Tell whether a plain value can be changed in place."""
    kinds = (list, dict, set, bytearray, collections.deque)
    if isinstance(value, kinds):
        return True
    name = f"{type(value).__module__.partition('.')[0]}.{type(value).__name__}"
    return name in (
        "numpy.ndarray",
        "numpy.Generator",
        "pandas.DataFrame",
        "pandas.Series",
        "torch.Tensor",
        "torch.Parameter",
        "networkx.Graph",
        "networkx.DiGraph",
        "networkx.MultiGraph",
        "networkx.MultiDiGraph",
        "types.SimpleNamespace",
    )


def array_picture(value: Any) -> bytes | None:
    """Tell whether an array of numbers or a tensor has changed; None for anything else.

    A checksum is enough, for all that depends on it is what a learner's own function did.
    """
    name = type(value).__name__
    if name in ("Tensor", "Parameter") and value.device.type == "cpu":
        value = value.detach().numpy()
    if not hasattr(value, "dtype") or type(value).__name__ != "ndarray" or value.dtype.kind == "O":
        return None
    about = f"{value.shape} {value.dtype} {zlib.crc32(value.tobytes())}"
    return about.encode()


def pour(new: Any, old: Any) -> bool:
    """Change a value in place into another of the same type, shape and element type.

    Returns whether that was possible; if not, the old value is as before.
    """
    if type(new) is not type(old):
        return False
    if type(old) is list:
        keep = len(new) == len(old)
        old[:] = [
            a if keep and is_mutable_value(a) and pour(b, a) else b
            for a, b in zip(old, new, strict=False)
        ] + new[len(old) :]
    elif isinstance(old, dict):
        merged = {
            key: old[key] if key in old and is_mutable_value(old[key]) and pour(b, old[key]) else b
            for key, b in new.items()
        }
        old.clear()
        old.update(merged)
    elif type(old) is set:
        old.clear()
        old.update(new)
    elif type(old) in (bytearray,):
        old[:] = new
    elif type(old) is collections.deque:
        old.clear()
        old.extend(new)
    else:
        return _pour_library_value(new, old)
    return True


def _pour_library_value(new: Any, old: Any) -> bool:
    """`pour` for arrays, tensors, series, frames and random generators."""
    name = type(old).__name__
    if name == "ndarray":
        if new.shape != old.shape or new.dtype != old.dtype or not old.flags.writeable:
            return False
        old[...] = new
    elif name in ("Tensor", "Parameter"):
        if new.shape != old.shape or new.dtype != old.dtype:
            return False
        old.data.copy_(new.data)
    elif name == "Generator":
        old.bit_generator.state = new.bit_generator.state
    elif name in ("DataFrame", "Series"):
        old._update_inplace(new)
    elif name == "SimpleNamespace":
        vars(old).clear()
        vars(old).update(vars(new))
    elif name.endswith("Graph"):
        old.clear()
        old.graph.update(new.graph)
        old.add_nodes_from(new.nodes(data=True))
        keys = {"keys": True} if new.is_multigraph() else {}
        old.add_edges_from(new.edges(data=True, **keys))
    else:
        return False
    return True


def can_be_copied(kind: type) -> bool:
    """Whether an instance is no more than its attributes, or a member of an enumeration."""
    if issubclass(kind, enum.Enum):
        return True
    plain = kind.__new__ is object.__new__ and kind.__dictoffset__ != 0
    return plain and not issubclass(kind, BaseException) and kind.__setattr__ is object.__setattr__


class Growing(collections.UserDict):
    """A message whose last fields are only known once the first ones are encoded."""

    def __init__(
        self, message: dict[str, Any], more: Callable[[], Iterator[tuple[str, Any]]]
    ) -> None:
        super().__init__()
        self.data = message
        self._more = more

    def items(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]
        """Yield the fields that are known, then those that encoding them has brought up."""
        yield from self.data.items()
        yield from self._more()


_BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def random_claims(thing: Any) -> dict[str, Any] | None:
    """Describe a NumPy source of random numbers by its state; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(thing) is not numpy.random.Generator:
        return None
    bits = thing.bit_generator
    if type(bits).__name__ not in _BIT_GENERATORS:
        return None
    return {"generator": type(bits).__name__, "state": freeze(bits.state)}


def random_generator(claims: dict[str, Any]) -> Any:
    """Make a source of random numbers in a given state."""
    import numpy as np

    if claims["generator"] not in _BIT_GENERATORS:
        raise wire.WireError("no known source of random numbers")
    bits = getattr(np.random, claims["generator"])()
    bits.state = thaw(claims["state"])
    return np.random.Generator(bits)


def freeze(state: Any) -> Any:
    """Make the state of a source of random numbers JSON-able."""
    if isinstance(state, dict):
        return {name: freeze(value) for name, value in state.items()}
    if hasattr(state, "tolist"):
        return {"array": [str(number) for number in state.tolist()]}
    return {"number": str(state)} if isinstance(state, int) else state


def thaw(state: Any) -> Any:
    """Undo `freeze`."""
    if isinstance(state, dict) and set(state) == {"number"}:
        return int(state["number"])
    if isinstance(state, dict) and set(state) == {"array"}:
        import numpy as np

        return np.array([int(number) for number in state["array"]], dtype=np.uint64)
    if isinstance(state, dict):
        return {name: thaw(value) for name, value in state.items()}
    return state
