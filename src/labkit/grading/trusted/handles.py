"""The trusted side of the bridge: what stands in a test for things of the learner's process.

Plain values arrive as exact values. A function, class, generator or instance arrives as a handle:
calling it asks the learner's process. A handle is never equal to a value, is no number and no
array, and shows an attribute only where the test opts in, so that no object of the learner's can
say of itself that it is the right answer. Whatever the learner's process claims about a thing is
used to describe that thing, and for nothing else. `evaluator` decides which names a test may see.
"""

from __future__ import annotations

import builtins
import contextlib
import enum
import functools
import importlib
import inspect
import linecache
import math
import signal
import socket
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn, Protocol

from labkit.exercise import guard
from labkit.grading.trusted import bridge, wire

GRACE = 2.0
"""Seconds beyond a call's time after which a silent learner's process is given up."""

MOST_CALLBACKS = 100_000
"""Calls of the test's own functions that learner code can make within one call."""

MOST_HANDLES = 1_000_000
"""Things of the learner's that are kept by number."""

DEEPEST = 20
"""Calls of learner code within calls of test code within calls of learner code."""


class LearnerError(RuntimeError):
    """The learner's code ended in a way that a test must not take for its own."""


class LearnerTimeUp(TimeoutError):
    """A call of the learner's code took too long and was stopped."""


class LearnerLost(BaseException):
    """The learner's process does not answer any more; no `except Exception` swallows it."""


class NoValueError(TypeError):
    """A test needs a plain value where the learner's code gave an object."""


class NotOptedInError(AttributeError):
    """A test reads an attribute that it did not opt in to."""


class Seat(NamedTuple):
    """Where a handle's original sits: the link to its process and its number there."""

    link: Link
    number: int


# ---------------------------------------------------------------------------------- handles


class LearnerClass(type):
    """The type of the classes that stand for the learner's classes; calling one asks for it."""

    _class_seat: Seat
    _claims: dict[str, Any]
    _face: tuple[int, type | None]

    def __call__(cls, *positional: Any, **named: Any) -> Any:
        return cls._class_seat.link.operate("call", cls, *positional, named=named)

    def __call_within__(cls, seconds: float, *positional: Any) -> Any:
        return cls._class_seat.link.call_within(cls, seconds, *positional)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"class {cls.__name__} has no attribute {name!r}")
        return cls._class_seat.link.attribute(cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name.startswith("_"):
            type.__setattr__(cls, name, value)
        else:
            cls._class_seat.link.set_attribute(cls, name, value)

    def __eq__(cls, other: object) -> bool:
        return cls is other

    def __hash__(cls) -> int:
        return id(cls) >> 4

    def __repr__(cls) -> str:
        return f"<class {cls.__name__}>"


def _no_value(self: Any, *_: Any) -> Any:
    raise NoValueError(
        f"The test compares {_words(self)}, where a plain value is needed: return a number, "
        "text, list, array …"
    )


def _words(handle: Any) -> str:
    """How a handle is called in a message."""
    if type(handle) is FunctionHandle:
        return f"the function {handle.__name__}"
    if isinstance(handle, LearnerClass):
        return f"the class {handle.__name__}"
    return f"an object of class {type(handle).__name__}"


def _comparison(operation: str, same: bool | None = None) -> Callable[[Any, Any], Any]:
    def compare(self: Handle, other: object) -> Any:
        if same is not None and other is self:
            return same
        link = self._seat.link
        both = isinstance(other, Handle)
        if both and link.names_operator(self, operation):
            answer = link.operate(operation, self, other)
            if type(answer) is bool:
                return answer
        elif both and same is not None:
            return not same
        return _no_value(self)

    return compare


def _arithmetic(operation: str, swapped: bool = False) -> Callable[..., Any]:
    def compute(self: Handle, *others: object) -> Any:
        link = self._seat.link
        if not link.names_operator(self, operation):
            return _no_value(self)
        operands = (*others, self) if swapped else (self, *others)
        return link.operate(operation, *operands)

    return compute


class Handle:
    """Stands for an object of the learner's process that is no plain value."""

    __slots__ = ("_seat", "__weakref__")
    _seat: Seat

    __array_ufunc__ = None
    __eq__ = _comparison("eq", same=True)
    __ne__ = _comparison("ne", same=False)
    __lt__ = _comparison("lt")
    __le__ = _comparison("le")
    __gt__ = _comparison("gt")
    __ge__ = _comparison("ge")
    __add__ = _arithmetic("add")
    __radd__ = _arithmetic("add", swapped=True)
    __sub__ = _arithmetic("sub")
    __rsub__ = _arithmetic("sub", swapped=True)
    __mul__ = _arithmetic("mul")
    __rmul__ = _arithmetic("mul", swapped=True)
    __matmul__ = _arithmetic("matmul")
    __rmatmul__ = _arithmetic("matmul", swapped=True)
    __truediv__ = _arithmetic("truediv")
    __rtruediv__ = _arithmetic("truediv", swapped=True)
    __floordiv__ = _arithmetic("floordiv")
    __rfloordiv__ = _arithmetic("floordiv", swapped=True)
    __mod__ = _arithmetic("mod")
    __rmod__ = _arithmetic("mod", swapped=True)
    __pow__ = _arithmetic("pow")
    __rpow__ = _arithmetic("pow", swapped=True)
    __neg__ = _arithmetic("neg")
    __abs__ = _arithmetic("abs")
    __array__ = __float__ = __int__ = __index__ = __complex__ = __round__ = _no_value

    def __hash__(self) -> int:
        return id(self) >> 4

    def __bool__(self) -> bool:
        if not self._seat.link.opted_in(self):
            _no_value(self)
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{_words(self)} has no attribute {name!r} in a test")
        return self._seat.link.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_seat":
            object.__setattr__(self, name, value)
        else:
            self._seat.link.set_attribute(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._seat.link.delete_attribute(self, name)

    def __repr__(self) -> str:
        return f"<{_words(self)}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        # Never the learner's own words: nbgrader reads a number shown last as points.
        printer.text(f"<{_words(self)}>")

    def __reduce_ex__(self, _: Any) -> Any:
        raise NoValueError(f"{_words(self)} cannot be copied or stored by a test".capitalize())


class FunctionHandle(Handle):
    """Stands for a function or a method, under the name, text and signature that it claims."""

    _claims: dict[str, Any]
    __name__: str

    @classmethod
    def _made_of(cls, seat: Seat, claims: dict[str, Any]) -> FunctionHandle:
        function = object.__new__(cls)
        function._seat = seat
        name = str(claims.get("name", "function"))
        doc = claims.get("doc")
        vars(function).update(
            _claims=claims,
            __name__=name,
            __qualname__=str(claims.get("qualname") or name),
            __module__=str(claims.get("module") or "__main__"),
            __doc__=doc if isinstance(doc, str) else None,
        )
        signature = _signature(claims.get("signature"))
        if signature is not None:
            vars(function)["__signature__"] = signature
        return function

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.FunctionType

    def __bool__(self) -> bool:
        return True

    @property
    def __code__(self) -> types.CodeType:
        """Empty code that lets `inspect.getsource` find the source that is claimed."""
        source = self._claims.get("source")
        if not isinstance(source, str):
            raise AttributeError(f"{_words(self)} has no source")
        name = f"<source of {self.__name__} {self._seat.number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return compile("pass", name, "exec")

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return self._seat.link.operate("call", self, *positional, named=named)

    def __call_within__(self, seconds: float, *positional: Any) -> Any:
        return self._seat.link.call_within(self, seconds, *positional)

    def __deepcopy__(self, _: Any) -> FunctionHandle:
        return self

    def __copy__(self) -> FunctionHandle:
        return self


class ModuleHandle(Handle):
    """Stands for a module until the evaluator knows under which name it was asked for."""

    __slots__ = ("_name",)
    _name: str

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _signature(claimed: Any) -> inspect.Signature | None:
    """The signature that a function claims; None if it makes no sense."""
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=(default if default is not None else None)
                    if has_default
                    else inspect.Parameter.empty,
                )
                for name, kind, has_default, default in claimed
            ]
        )
    except (TypeError, ValueError):
        return None


# ---------------------------------------------------------------------------------- instances


def _forward(operation: str, exact: type | None = None) -> Callable[..., Any]:
    """A special method that asks the learner's process, where the test opted in to the class."""

    def special(self: Handle, *arguments: Any) -> Any:
        link = self._seat.link
        link.require(self, operation)
        answer = link.operate(operation, self, *arguments)
        if exact is not None and type(answer) is not exact:
            raise LearnerError(
                f"{operation} of {_words(self)} gave a {type(answer).__name__}, "
                f"not {exact.__name__}"
            )
        return answer

    return special


def _length(self: Handle) -> int:
    length = _forward("length", int)(self)
    if not 0 <= length < sys.maxsize:
        raise LearnerError(f"the length of {_words(self)} is claimed to be {length}")
    return length


def _text(operation: str) -> Callable[[Handle], str]:
    def text(self: Handle) -> str:
        if not self._seat.link.opted_in(self):
            return f"<{_words(self)}>"
        return _forward(operation, str)(self)

    return text


def _iterate(self: Handle) -> Iterator[Any]:
    iterator = _forward("iterate")(self)
    if isinstance(iterator, Handle):
        return iterator if iterator is self else _Steps(iterator)
    return iter(iterator)


class _Steps:
    """Steps through an iterator of the learner's."""

    def __init__(self, iterator: Handle) -> None:
        self._iterator = iterator

    def __iter__(self) -> _Steps:
        return self

    def __next__(self) -> Any:
        return self._iterator._seat.link.step(self._iterator)


def _next(self: Handle) -> Any:
    self._seat.link.require(self, "next")
    return self._seat.link.step(self)


def _call(self: Handle, *positional: Any, **named: Any) -> Any:
    return self._seat.link.operate("call", self, *positional, named=named)


def _call_within(self: Handle, seconds: float, *positional: Any) -> Any:
    return self._seat.link.call_within(self, seconds, *positional)


def _exit(self: Handle, *_: Any) -> bool:
    return bool(_forward("exit")(self)) and False


_SPECIAL: dict[str, Callable[..., Any]] = {
    "__len__": _length,
    "__getitem__": _forward("get item"),
    "__setitem__": _forward("set item"),
    "__delitem__": _forward("delete item"),
    "__contains__": _forward("contains", bool),
    "__iter__": _iterate,
    "__next__": _next,
    "__call__": _call,
    "__enter__": _forward("enter"),
    "__exit__": _exit,
    "__str__": _text("text"),
    "__repr__": _text("representation"),
}


def _truth(self: Handle) -> bool:
    return _forward("truth", bool)(self)


def _face(self: Handle) -> type:
    kind = type(self)
    return kind._class_seat.link.face(kind) or kind  # type: ignore[attr-defined]


_BEHAVIOUR = ("torch.nn.", "sklearn.", "gymnasium.", "stable_baselines3.", "matplotlib.")
"""Libraries whose classes a handle may claim for `isinstance`: what does something, no values."""

_ABSTRACT = ("collections.abc", "abc", "typing")

_VALUE_BASES = (int, float, complex, str, bytes, list, tuple, dict, set, frozenset)


# ---------------------------------------------------------------------------------- opting in

_ESTIMATOR = frozenset(
    "fit predict predict_proba predict_log_proba transform fit_transform fit_predict "
    "inverse_transform score score_samples decision_function get_params set_params partial_fit "
    "get_feature_names_out named_steps steps".split()
)
_MODULE = frozenset(
    "forward parameters named_parameters buffers named_buffers children named_children modules "
    "named_modules state_dict load_state_dict train eval zero_grad to training requires_grad_ "
    "double float weight bias in_features out_features".split()
)
_ENVIRONMENT = frozenset(
    "reset step close render action_space observation_space unwrapped metadata spec "
    "get_wrapper_attr".split()
)
_SPACE = frozenset("sample contains shape n low high dtype nvec start spaces seed".split())
_ALGORITHM = frozenset("predict num_timesteps get_env learn gamma learning_rate policy".split())
_VECTORISED = frozenset("reset step close num_envs steps_taken envs".split())
_ARTIST = frozenset(
    "lines patches collections axes texts images containers legend_ title figure xaxis yaxis "
    "spines".split()
)
_GENERATOR = frozenset({"send", "close", "throw"})

_PROTOCOLS: dict[str, frozenset[str]] = {
    "sklearn.base.BaseEstimator": _ESTIMATOR,
    "torch.nn.modules.module.Module": _MODULE,
    "gymnasium.core.Env": _ENVIRONMENT,
    "gymnasium.spaces.space.Space": _SPACE,
    "stable_baselines3.common.base_class.BaseAlgorithm": _ALGORITHM,
    "stable_baselines3.common.vec_env.base_vec_env.VecEnv": _VECTORISED,
    "matplotlib.artist.Artist": _ARTIST,
    "builtins.generator": _GENERATOR,
}
"""Attributes that are read without opting in, by a base class that the object claims to have."""

_SEQUENCE = frozenset({"length", "get item", "iterate"})

_CONTAINERS: dict[str, frozenset[str]] = {
    "torch.nn.modules.container.Sequential": _SEQUENCE,
    "torch.nn.modules.container.ModuleList": _SEQUENCE,
    "sklearn.pipeline.Pipeline": _SEQUENCE,
    "matplotlib.axes._base._AxesBase.ArtistList": _SEQUENCE,
    "matplotlib.container.Container": _SEQUENCE,
}
"""Operations other than calls and attributes that objects of libraries allow."""

_LIBRARIES_WITH_PROTOCOLS = ("sklearn", "torch", "gymnasium", "stable_baselines3", "matplotlib")

_ITERATORS = (
    "generator list_iterator tuple_iterator dict_keyiterator dict_valueiterator "
    "dict_itemiterator set_iterator range_iterator map filter zip enumerate reversed "
    "list_reverseiterator count cycle repeat chain islice accumulate starmap takewhile dropwhile "
    "product permutations combinations groupby"
).split()


def _grants(base: str, name: str) -> bool:
    """Whether objects of a library's class show an attribute without more ado."""
    if name in _PROTOCOLS.get(base, ()):
        return True
    if base == "sklearn.base.BaseEstimator":
        return name.endswith("_")
    return base == "matplotlib.artist.Artist" and name.startswith("get_")


# ---------------------------------------------------------------------------------- the link


class Names(Protocol):
    """The test's names, as far as the learner's process has to know of them."""

    def edits(self) -> dict[str, Any]:
        """What the test did to the learner's names since the last request."""

    def changed(self, names: dict[str, Any], gone: list[str]) -> None:
        """Take what learner code did to them."""

    def trusted_class(self, name: str) -> type | None:
        """A class of the set-up cells."""

    def opts_in(self, name: str) -> bool:
        """Whether a test that uses a name of a learner's class opts in to its attributes."""

    @property
    def shared(self) -> list[str]:
        """Names of the classes whose instances are copied attribute by attribute."""


class Files(Protocol):
    """The test's working directory, as far as it has to agree with the learner's."""

    def written(self) -> dict[str, bytes]:
        """Files that the test wrote since the last request."""

    def listed(self, files: dict[str, Any]) -> None:
        """Take note of the files in the learner's directory."""

    def pull(self, link: Link) -> None:
        """Fetch those of them that changed."""


class Link:
    """The way to the learner's process: sends requests, makes handles, serves callbacks."""

    def __init__(
        self, connection: socket.socket, names: Names, files: Files, call_seconds: float
    ) -> None:
        """Take over a connected socket.

        Args:
            connection: the other end of the one that `bridge.serve` reads.
            names: asked before and told after every request.
            files: likewise.
            call_seconds: wall-clock limit of a call where nobody sets another.
        """
        self.lost = ""
        self.libraries: set[str] | None = None
        self._connection = connection
        self._names = names
        self._files = files
        self._call_seconds = call_seconds
        self._count = 0
        self._depth = 0
        self._handles: dict[int, Any] = {}
        self._functions: dict[int, Callable[..., Any]] = {}
        self._function_numbers: dict[int, int] = {}
        self._named: set[int] = set()
        self._ended: set[Handle] = set()
        self._attributes: frozenset[str] = frozenset()
        self._own_stdout: object = None
        self._own_input = builtins.input

    def note_libraries(self, source: str) -> None:
        """Note which libraries a test imports: their objects may be what it asks for."""
        if self.libraries is not None:
            self.libraries |= {n for n in _LIBRARIES_WITH_PROTOCOLS if n in source}

    # ---- a test's beginning and end

    def begin(self, names: list[str], attributes: frozenset[str], stdout: object) -> dict[str, Any]:
        """Start a test: return the values of those names that the learner has.

        Args:
            names: what the test uses.
            attributes: names that a comment in the test opts in to.
            stdout: where the test's own printing goes, unless it redirects it.
        """
        self._attributes = attributes
        self._own_stdout = stdout
        self._named.clear()
        reply = self._request(
            {"do": "begin", "names": names, "shared": self._names.shared}, self._call_seconds
        )
        found = reply["value"]
        if type(found) is not dict or not set(found) <= set(names):
            self._lose("the learner's process answers something else than what it was asked")
        for name, value in found.items():
            if isinstance(value, LearnerClass) and self._names.opts_in(name):
                self._named.add(value._class_seat.number)
        self._files.listed(_dict(reply, "files"))
        self._files.pull(self)
        return found

    def finish(self) -> None:
        """End a test: the learner's names become again what they were before it."""
        self._functions.clear()
        self._function_numbers.clear()
        if not self.lost:
            self._request({"do": "done"}, self._call_seconds)

    def read_files(self, names: list[str]) -> dict[str, bytes]:
        """Fetch files from the learner's working directory."""
        value = self._request({"do": "read files", "names": names}, self._call_seconds)["value"]
        return value if type(value) is dict else {}

    # ---- operations

    def operate(
        self,
        operation: str,
        *arguments: Any,
        named: Mapping[str, Any] = types.MappingProxyType({}),
        seconds: float | None = None,
        write_back: bool = True,
    ) -> Any:
        """Let the learner's process do something with its things; return or raise what comes.

        Args:
            operation: a key of `bridge.OPERATIONS`.
            *arguments: of the operation; the thing itself comes first.
            named: named arguments of a call.
            seconds: wall-clock limit; by default that of the link.
            write_back: whether arguments that learner code changes in place change here too.

        Raises:
            LearnerTimeUp: it took too long.
            LearnerLost: it does not answer any more.
        """
        limit = self._call_seconds if seconds is None else seconds
        redirected = sys.stdout is not self._own_stdout
        replaced = builtins.input is not self._own_input
        message = {
            "do": "operate",
            "operation": operation,
            "arguments": list(arguments),
            "named": dict(named),
            "write back": write_back,
            "print": redirected,
            "input": builtins.input if replaced else None,
            "files": self._files.written(),
            **self._names.edits(),
        }
        with _alarm_kept() as left:
            message["seconds"] = limit = min(limit, left)
            reply = self._request(message, limit, write_back)
        self._take_changes(reply, arguments, named)
        self._files.pull(self)
        if redirected and type(reply.get("printed")) is str:
            sys.stdout.write(reply["printed"][: bridge.PRINT_LIMIT])
        return self._outcome(reply, arguments, limit)

    def call_within(self, target: Any, seconds: float, *positional: Any) -> Any:
        """Call for `labkit.exercise.guard`, which words the outcome for the learner."""
        try:
            return self.operate("call", target, *positional, seconds=seconds, write_back=False)
        except LearnerTimeUp:
            raise guard.TimeUpError from None
        except LearnerLost as problem:
            raise guard.UnusableError(
                f"The answer cannot be called: {problem}.",
                "Look for what ends the program, or what needs far more time or memory than it "
                "should.",
            ) from None

    def step(self, iterator: Handle) -> Any:
        """The next item of an iterator; its end is the one StopIteration that is believed."""
        if iterator in self._ended:
            raise StopIteration
        try:
            return self.operate("next", iterator)
        except _EndError:
            self._ended.add(iterator)  # or it would be another sequence for every reader
            raise StopIteration from None

    def attribute(self, handle: Any, name: str) -> Any:
        """Read an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        return self.operate("get attribute", handle, name)

    def set_attribute(self, handle: Any, name: str, value: Any) -> None:
        """Set an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        self.operate("set attribute", handle, name, value)

    def delete_attribute(self, handle: Any, name: str) -> None:
        """Delete an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        self.operate("delete attribute", handle, name)

    # ---- opting in

    def opted_in(self, handle: Any) -> bool:
        """Whether the test, or code it relies on, names the class of an object, or a base of it."""
        if isinstance(handle, LearnerClass):
            kinds: tuple[Any, ...] = (handle,)
        else:
            kinds = (type(handle),)
        for kind in kinds:
            if not isinstance(kind, LearnerClass):
                continue
            if kind._class_seat.number in self._named:
                return True
            for ancestor in kind._claims["learner ancestors"]:
                if ancestor in self._named:
                    return True
            if any(self._names.trusted_class(n) for n in kind._claims["trusted names"]):
                return True
        return False

    def require(self, handle: Handle, operation: str) -> None:
        """Raise an error unless a special method of an object may be used."""
        if self.opted_in(handle):
            return
        for base in type(handle)._claims["library ancestors"]:  # type: ignore[attr-defined]
            if operation in _CONTAINERS.get(base, ()) and self._expects(base):
                return
        if operation in ("iterate", "next") and type(handle).__name__ in _ITERATORS:
            return
        raise NoValueError(
            f"The test uses {_words(handle)} as if it were a value ({operation}): return a "
            f"number, text, list, array … (A test that is meant to do so names the class "
            f"{type(handle).__name__}.)"
        )

    def names_operator(self, handle: Any, operation: str) -> bool:
        """Whether a comment in the test opts in to an operator, for example ``__add__``."""
        return f"__{operation}__" in self._attributes and self.opted_in(handle)

    def _expects(self, base: str) -> bool:
        """Whether the instructor's notebook uses the library that a class belongs to."""
        top = base.partition(".")[0]
        return self.libraries is None or top in self.libraries or top == "builtins"

    def _require_attribute(self, handle: Any, name: str) -> None:
        if not name.startswith("_"):
            if name in self._attributes or self.opted_in(handle):
                return
            kind = handle if isinstance(handle, LearnerClass) else type(handle)
            if isinstance(kind, LearnerClass) and any(
                self._expects(base) and _grants(base, name)
                for base in kind._claims["library ancestors"]
            ):
                return
        raise NotOptedInError(
            f"The test reads .{name} of {_words(handle)}, where a plain value is needed: return "
            "a number, text, list, array … (A test that is meant to read it says so in a comment: "
            f"# labkit: attributes {name})"
        )

    # ---- one request

    def _request(
        self, message: dict[str, Any], seconds: float, write_back: bool = False
    ) -> dict[str, Any]:
        if self.lost:
            raise LearnerLost(self.lost)
        if self._depth >= DEEPEST:
            raise RecursionError("test and learner's code call each other too deeply")
        self._count += 1
        number = self._count
        encoding = _Encoding(self)
        try:
            frame = encoding.frame({"id": number, **message})
        except wire.WireError as problem:
            raise TypeError(f"The test passes a value that cannot travel: {problem}") from None
        self._depth += 1
        try:
            return self._exchange(number, frame, seconds, encoding.copies if write_back else [])
        except LearnerLost:
            raise
        except wire.ConnectionClosed:
            self._lose("the learner's process has ended")
        except TimeoutError:
            self._lose("the learner's process does not answer")
        except (wire.WireError, OSError, KeyError, TypeError, ValueError) as problem:
            self._lose(f"the learner's process sends what makes no sense ({problem})"[:300])
        except BaseException:
            self._lose_quietly("a request to the learner's process was broken off")
            raise
        finally:
            self._depth -= 1

    def _exchange(
        self, number: int, frame: bytes, seconds: float, originals: list[Any]
    ) -> dict[str, Any]:
        deadline = time.monotonic() + seconds + GRACE
        callbacks = 0
        wire.send(self._connection, frame, deadline)
        while True:
            received = wire.receive(self._connection, deadline=deadline)
            reply = _Decoding(self, originals).message(received)
            if reply["outcome"] != "callback":
                break
            callbacks += 1
            if callbacks > MOST_CALLBACKS + 1:
                self._lose("the learner's code calls the test's functions without end")
            start = time.monotonic()
            self._serve(reply, callbacks > MOST_CALLBACKS, deadline)
            deadline += time.monotonic() - start
        if reply["id"] != number and reply["outcome"] != "unreadable":
            self._lose("the learner's process answers another request than the one it got")
        return reply

    def _serve(self, request: dict[str, Any], too_many: bool, deadline: float) -> None:
        """Answer a call of one of the test's functions."""
        answer: dict[str, Any] = {"do": "result", "outcome": "raised"}
        try:
            if too_many:
                raise RuntimeError(f"more than {MOST_CALLBACKS:,} calls of the test's functions")
            function = self._functions[request["id"]]
            answer["value"] = function(*request["arguments"], **request["named"])
            answer["outcome"] = "returned"
            frame = _Encoding(self).frame(answer)
        except StopIteration:
            frame = _Encoding(self).frame({"do": "result", "outcome": "stopped"})
        except Exception as problem:
            answer |= {"name": type(problem).__name__, "message": str(problem)[:2000]}
            answer |= {"value": None, "outcome": "raised"}
            frame = _Encoding(self).frame(answer)
        wire.send(self._connection, frame, deadline + self._call_seconds)

    def _take_changes(
        self, reply: dict[str, Any], arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None:
        """Write back what learner code did to arguments, names and files."""
        own = dict(enumerate(arguments)) | dict(named)
        for key, value in _dict(reply, "arguments").items():
            if key in own:
                with contextlib.suppress(Exception):
                    if value is not own[key]:
                        bridge.pour(value, own[key])
        gone = reply.get("gone")
        self._names.changed(_dict(reply, "names"), gone if type(gone) is list else [])
        self._files.listed(_dict(reply, "files"))

    def _outcome(self, reply: dict[str, Any], arguments: tuple[Any, ...], limit: float) -> Any:
        outcome = reply["outcome"]
        if outcome == "returned":
            same = reply.get("same")
            if type(same) is int and 0 < same < len(arguments):
                return arguments[same]
            return reply.get("value")
        if outcome == "raised":
            raise self._exception(reply)
        if outcome == "timeout":
            raise LearnerTimeUp(f"The call did not return within {limit:g} s, so it was stopped.")
        if outcome == "unreadable":
            raise TypeError(
                f"The learner's process cannot read what the test passes: {reply.get('reason')}"[
                    :500
                ]
            )
        if outcome == "unsendable":
            raise LearnerError(f"What your code returned cannot be judged: {reply.get('reason')}")
        raise LearnerError("The call was interrupted.")

    def _lose(self, reason: str) -> NoReturn:
        self._lose_quietly(reason)
        raise LearnerLost(reason)

    def _lose_quietly(self, reason: str) -> None:
        self.lost = self.lost or reason
        self._connection.close()

    # ---- exceptions

    def _exception(self, reply: dict[str, Any]) -> Exception:
        """What learner code raised, as an exception that the test may catch by its class."""
        kind, message = reply.get("kind"), reply.get("message")
        text = message[:2000] if type(message) is str else ""
        if kind is StopIteration:
            return _EndError("The code raised StopIteration.")
        name = kind.__name__ if isinstance(kind, type) else "an exception"
        if (
            not (isinstance(kind, type) and issubclass(kind, Exception))
            or name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")
            or issubclass(kind, (StopIteration, StopAsyncIteration))
        ):
            return LearnerError(
                f"The code raised {name}: {text}" if text else f"The code raised {name}"
            )
        parts = reply.get("parts")
        problem = _build(kind, parts if type(parts) is tuple else (text,), text)
        for name, value in _dict(reply, "attributes").items():
            if type(name) is str and not name.startswith("_"):
                with contextlib.suppress(Exception):
                    setattr(problem, name, value)
        line = reply.get("line")
        if type(line) is tuple and len(line) == 2 and type(line[0]) is int:
            problem.learner_line = (line[0], str(line[1])[:200])  # type: ignore[attr-defined]
        return problem

    # ---- references

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe an object of the test for the learner's process.

        Raises:
            TypeError: it can neither be called nor found in a library.
        """
        if isinstance(thing, LearnerClass):
            if not thing._class_seat.number:
                raise wire.WireError(f"the class {thing.__name__}, which the test never named")
            return {"reference": thing._class_seat.number}
        if issubclass(type(thing), Handle):
            return {"reference": thing._seat.number}
        known = getattr(thing, "_learner_number", None) if isinstance(thing, type) else None
        if type(known) is int:
            return {"reference": known}
        library = _library_name(thing)
        if library is not None:
            return {"library": library}
        random = bridge.random_claims(thing)
        if random is not None:
            return random
        if callable(thing):
            return self._refer_function(thing, thing)
        if hasattr(type(thing), "__next__"):
            return self._refer_function(thing, functools.partial(next, thing))
        raise wire.WireError(
            f"an object of class {type(thing).__name__}; only values, functions and the "
            "learner's own objects can be passed"
        )

    def _refer_function(self, thing: Any, function: Callable[..., Any]) -> dict[str, Any]:
        number = self._function_numbers.get(id(thing))
        if number is None or number not in self._functions:
            self._count += 1
            number = self._count
            self._function_numbers[id(thing)] = number
            self._functions[number] = function
            # Keeps `thing` itself alive, or another one might get its id.
            self._functions[-number] = thing
        name, doc = getattr(thing, "__name__", "function"), getattr(thing, "__doc__", None)
        return {
            "test": number,
            "name": name if isinstance(name, str) else "function",
            "doc": doc if isinstance(doc, str) and not isinstance(thing, type) else None,
        }

    def resolve(self, claims: dict[str, Any]) -> Any:
        """The handle, function or class that a reference of the learner's process stands for.

        Raises:
            WireError: it refers to nothing.
        """
        if "test" in claims:
            found = self._functions.get(-claims["test"])
            if found is None:
                raise wire.WireError("a function that the test never gave")
            return found
        if "generator" in claims:
            return bridge.random_generator(claims)
        number = claims["reference"]
        if type(number) is not int:
            raise wire.WireError("a reference without a number")
        if number not in self._handles:
            if len(self._handles) >= MOST_HANDLES:
                raise wire.WireError(f"more than {MOST_HANDLES:,} objects")
            if "kind" not in claims:
                raise wire.WireError("a reference to nothing")
            self._handles[number] = self._make(number, claims)
        return self._handles[number]

    def _make(self, number: int, claims: dict[str, Any]) -> Any:
        kind = claims["kind"]
        if kind == "class":
            return self._make_class(number, claims)
        if kind == "function":
            return FunctionHandle._made_of(Seat(self, number), claims)
        if kind == "module":
            module = object.__new__(ModuleHandle)
            module._seat = Seat(self, number)
            module._name = str(claims.get("name", ""))
            return module
        cls = self.resolve(claims["class"]) if "class" in claims else None
        if not isinstance(cls, LearnerClass):
            name = cls.__name__ if isinstance(cls, type) else str(claims.get("name", "object"))
            cls = self._stand_in(0, {"name": name})
        handle: Handle = object.__new__(cls)  # type: ignore[arg-type]
        handle._seat = Seat(self, number)
        return handle

    def _make_class(self, number: int, claims: dict[str, Any]) -> type:
        own = _trusted_type(claims)
        if own is not None:
            return own
        if claims.get("exception"):
            return self._make_exception(number, claims)
        return self._stand_in(number, claims)

    def _make_exception(self, number: int, claims: dict[str, Any]) -> type:
        """A class of exceptions that is the learner's in name and bases only."""
        bases: list[type] = []
        for ancestor in claims.get("ancestors", ()):
            base = (
                self.resolve(ancestor)
                if "reference" in ancestor
                else _trusted_type(ancestor | {"exception": True})
            )
            if isinstance(base, type) and issubclass(base, Exception):
                if not any(issubclass(chosen, base) for chosen in bases):
                    bases.append(base)
        name = str(claims.get("name", "Exception"))
        contents = {"__module__": "__main__", "_learner_number": number}
        if not bases and "BaseException" in str(claims.get("ancestors")):
            bases = [LearnerError]
        try:
            return type(name, tuple(bases) or (LearnerError,), contents)
        except TypeError:
            return type(name, (Exception,), contents)

    def _stand_in(self, number: int, claims: dict[str, Any]) -> LearnerClass:
        """A class that stands for one of the learner's, with the special methods it claims."""
        ancestors = [a for a in claims.get("ancestors", ()) if isinstance(a, dict)]
        learner = [self.resolve(a) for a in ancestors if "reference" in a]
        own_library = [claims] if claims.get("library") else []
        library = [
            f"{a.get('module')}.{a.get('qualname')}"
            for a in (*own_library, *(a for a in ancestors if "reference" not in a))
        ]
        name = str(claims.get("name", "object"))[:100]
        special = {n: _SPECIAL[n] for n in claims.get("special", ()) if n in _SPECIAL}
        special.pop("__call__", None)
        if "__call__" in claims.get("special", ()):
            special |= {"__call__": _call, "__call_within__": _call_within}
        if {"__bool__", "__len__"} & set(claims.get("special", ())):
            special["__bool__"] = _truth
        contents: dict[str, Any] = {
            "__slots__": (),
            "__module__": "__main__",
            "__doc__": claims.get("doc") if isinstance(claims.get("doc"), str) else None,
            "__class__": property(_face),
            "_class_seat": Seat(self, number),
            "_face": (0, None),
            "_claims": {
                "library ancestors": library,
                "learner ancestors": [
                    k._class_seat.number for k in learner if isinstance(k, LearnerClass)
                ],
                "trusted names": [
                    k.__name__
                    for k in learner
                    if isinstance(k, LearnerClass) and self._names.trusted_class(k.__name__)
                ],
            },
            **special,
        }
        bases = tuple(k for k in learner if isinstance(k, LearnerClass))[:1] or (Handle,)
        signature = _signature(claims.get("signature"))
        if signature is not None:
            contents["__signature__"] = signature
        return LearnerClass.__new__(LearnerClass, name, bases, contents)

    def face(self, kind: LearnerClass) -> type | None:
        """What `isinstance` sees besides the stand-in: real bases that only have behaviour."""
        modules = len(sys.modules)
        if kind._face[0] != modules:  # a test can only ask for classes that it has imported
            kind._face = (modules, self._make_face(kind))
        return kind._face[1]

    def _make_face(self, kind: LearnerClass) -> type | None:
        bases = [self._names.trusted_class(name) for name in kind._claims["trusted names"]]
        bases += [_behaviour(base) for base in kind._claims["library ancestors"]]
        chosen: list[type] = []
        for base in bases:
            if base is not None and not any(issubclass(other, base) for other in chosen):
                chosen.append(base)
        if len(chosen) > 1:
            with contextlib.suppress(Exception):
                return types.new_class(kind.__name__, tuple(chosen))
        return chosen[0] if chosen else None


class _EndError(LearnerError):
    """Learner code raised StopIteration."""


# ---------------------------------------------------------------------------------- frames


class _Encoding:
    """Makes one frame for the learner's process."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.copies: list[Any] = []
        self._places: dict[int, int] = {}

    def frame(self, message: dict[str, Any]) -> bytes:
        return wire.encode(bridge.Growing(message, self._states), self._refer)

    def _states(self) -> Iterator[tuple[str, Any]]:
        place = 0
        while place < len(self.copies):
            yield f"state {place}", dict(vars(self.copies[place]))
            place += 1

    def _refer(self, thing: Any) -> dict[str, Any]:
        kind = type(thing)
        if self._link._names.trusted_class(kind.__name__) is kind:
            if isinstance(thing, enum.Enum):
                return {"member": thing.name, "shared": kind.__name__}
            if bridge.can_be_copied(kind):
                place = self._places.setdefault(id(thing), len(self.copies))
                if place == len(self.copies):
                    self.copies.append(thing)
                return {"shared": kind.__name__, "place": place}
        return self._link.refer(thing)


class _Decoding:
    """Reads one frame of the learner's process.

    `originals` are the test's objects that went there as copies: a copy that comes back changes
    its original.
    """

    def __init__(self, link: Link, originals: list[Any]) -> None:
        self._link = link
        self._originals = originals
        self._copies: dict[int, Any] = {}

    def message(self, frame: bytearray) -> dict[str, Any]:
        message = wire.decode(frame, self._resolve)
        for place, copy in self._copies.items():
            state = message.pop(f"state {place}", None)
            if type(state) is not dict:
                raise wire.WireError("an object without its attributes")
            own = {name: value for name, value in state.items() if _may_be_set(type(copy), name)}
            vars(copy).clear()
            vars(copy).update(own)
        return message

    def _resolve(self, claims: dict[str, Any]) -> Any:
        if "shared" not in claims:
            return self._link.resolve(claims)
        kind = self._link._names.trusted_class(claims["shared"])
        if kind is None:
            raise wire.WireError("an object of a class that no set-up cell defined")
        if "member" in claims:
            return kind[claims["member"]]  # type: ignore[index]
        place = claims["place"]
        if type(place) is not int or not bridge.can_be_copied(kind):
            raise wire.WireError("an object that cannot be copied")
        copy = self._copies.get(place)
        if copy is None:
            was = claims.get("was")
            if type(was) is int and 0 <= was < len(self._originals):
                copy = self._originals[was]
            else:
                copy = object.__new__(kind)
            self._copies[place] = copy
        if type(copy) is not kind:
            raise wire.WireError("an object of two classes")
        return copy


def _may_be_set(kind: type, name: Any) -> bool:
    """Whether a copied object may have an attribute: not one that hides a method of its class."""
    return type(name) is str and not callable(inspect.getattr_static(kind, name, None))


# ---------------------------------------------------------------------------------- trust

_VALUE_TYPES = {
    "builtins": "int float complex bool str bytes bytearray list tuple dict set frozenset range "
    "slice object NoneType",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "datetime": "date datetime time timedelta",
    "collections": "OrderedDict Counter defaultdict deque",
    "numpy": "ndarray",
    "torch": "Tensor",
    "torch.nn.parameter": "Parameter",
    "pandas": "DataFrame Series",
    "pandas.core.frame": "DataFrame",
    "pandas.core.series": "Series",
}
"""Types of values: constants that mean the same in both processes."""

_ERROR_LIBRARIES = frozenset(
    "builtins numpy pandas torch scipy sklearn json decimal zipfile csv struct statistics "
    "subprocess socket queue shutil sqlite3 requests networkx gymnasium pydantic pydantic_core "
    "sympy yaml".split()
)
"""Libraries whose exception classes a test may catch by name."""


def _trusted_type(claims: dict[str, Any]) -> type | None:
    """Return this process's own class for a claimed value type or a library's exception."""
    module, name = claims.get("module"), claims.get("qualname")
    if type(module) is not str or type(name) is not str or "." in name:
        return None
    if claims.get("exception"):
        if module.partition(".")[0] not in _ERROR_LIBRARIES:
            return None
        found = _known(module, name)
        return found if isinstance(found, type) and issubclass(found, Exception) else None
    if name in _VALUE_TYPES.get(module, "").split():
        if module == "builtins":
            return types.NoneType if name == "NoneType" else getattr(builtins, name)
        found = _known(module, name)
        return found if isinstance(found, type) else None
    numpy = sys.modules.get("numpy")
    if module == "numpy" and numpy is not None:
        found = getattr(numpy, name, None)
        return found if isinstance(found, type) and issubclass(found, numpy.generic) else None
    return None


def _known(module: str, name: str) -> Any:
    """An object of a library; only its top module is imported for it."""
    with contextlib.suppress(Exception):
        importlib.import_module(module.partition(".")[0])
    return getattr(sys.modules.get(module), name, None)


def _behaviour(base: str) -> type | None:
    """A library's class that a handle may claim to be an instance of."""
    module, _, name = base.rpartition(".")
    if not (base.startswith(_BEHAVIOUR) or module in _ABSTRACT):
        return None
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, type) or issubclass(found, _VALUE_BASES):
        return None
    return found if found.__module__ == module else None


_LIBRARIES = ("builtins", "math", "numpy", "torch", "torch.nn.functional", "scipy.special")


def _library_name(thing: Any) -> list[str] | None:
    """Module and name under which a library's function, class or constant is found."""
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", None)
    if type(thing).__module__ == "torch" and type(thing).__name__ in ("dtype", "device"):
        name = str(thing).removeprefix("torch.")
    if isinstance(thing, types.ModuleType):
        return None
    if not isinstance(name, str) or "<" in name:
        return None
    own = getattr(thing, "__module__", None)
    for module in (own, *_LIBRARIES):
        if not isinstance(module, str) or not is_installed(module):
            continue
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is thing:
            return [module, name]
    return None


def is_installed(module: str) -> bool:
    """Whether a module is part of Python or an installed library that both processes have."""
    top = module.partition(".")[0]
    if top in ("__main__", "labkit") or top not in sys.modules:
        return False
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return True
    file = getattr(sys.modules[top], "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _build(kind: type[Exception], parts: tuple[Any, ...], text: str) -> Exception:
    """An exception of a class, or of its nearest base that can be made from a text."""
    for candidate in kind.__mro__:
        if not issubclass(candidate, Exception):
            break
        for arguments in (parts, (text,)):
            with contextlib.suppress(Exception):
                return candidate(*arguments)
    return LearnerError(text)


def _dict(reply: dict[str, Any], key: str) -> dict[Any, Any]:
    value = reply.get(key)
    return value if type(value) is dict else {}


# ---------------------------------------------------------------------------------- surroundings


@contextlib.contextmanager
def _alarm_kept() -> Iterator[float]:
    """Keep an alarm of this process from ringing in the middle of a message.

    Yields the seconds left until it rings; it rings afterwards if its time came meanwhile.
    """
    in_main = threading.current_thread() is threading.main_thread()
    left = signal.getitimer(signal.ITIMER_REAL)[0] if in_main else 0.0
    if not left:
        yield math.inf
        return
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        yield left
    finally:
        signal.signal(signal.SIGALRM, before)
        if rung:
            signal.raise_signal(signal.SIGALRM)


def is_subclass(kind: Any, bases: Any) -> bool:
    """`issubclass` that also knows which library classes the learner's classes derive from."""
    if issubclass(kind, bases):
        return True
    face = kind._class_seat.link.face(kind) if isinstance(kind, LearnerClass) else None
    return face is not None and issubclass(face, bases)


def encoded(link: Link, value: Any) -> bytes:
    """A value as it would travel, to see whether it has changed.

    Raises:
        WireError: it cannot travel.
    """
    return _Encoding(link).frame({"value": value})
