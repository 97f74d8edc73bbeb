"""The trusted side of the bridge: what stands in a test for things of the learner's process.

Plain values arrive as exact values. A function, class, generator or instance arrives as a handle:
calling it asks the learner's process. A handle is never equal to a value, is no number and no
array, and shows an attribute only where the test opts in, so that no object of the learner's can
say of itself that it is the right answer. Whatever the learner's process claims about a thing is
used to describe that thing, and for nothing else. `evaluator` decides which names a test may see.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from labkit.exercise.guard import TimeUpError
from labkit.grading.trusted import wire

TrustedClass = Callable[[str], type | None]
"""Finds a class of the set-up cells by its name."""


_STANDARD_LIBRARY = str(Path(inspect.__file__).parent)


class LearnerError(RuntimeError):
    """The learner's code ended in a way that a test must not take for its own."""


class LearnerTimeUp(TimeoutError, TimeUpError):
    """A call of the learner's code took too long and was stopped; a guard words it."""


class TestTimeUp(KeyboardInterrupt):
    """The test's own time is over; like an interrupt from outside, no test catches it by chance."""


class LearnerLost(BaseException):
    """The learner's process does not answer any more; no `except Exception` swallows it."""


class NoValueError(TypeError):
    """A test needs a plain value where the learner's code gave an object."""


class NotOptedInError(AttributeError):
    """A test reads an attribute that it did not opt in to."""


class Process(Protocol):
    """The learner's process, as far as handles ask it for something."""

    def operate(self, operation: str, *arguments: Any, named: Mapping[str, Any] = ...) -> Any:
        """Have something done with its things; return or raise what comes."""

    def call_within(
        self, target: Any, seconds: float, *positional: Any, forgets: bool = False
    ) -> Any:
        """Call for a guard; with `forgets` in a process that ends with the call."""

    def read_within(self, target: Any, seconds: float, name: str) -> Any:
        """Read an attribute for a guard."""

    def step(self, iterator: Handle) -> Any:
        """The next item of an iterator."""

    def attribute(self, handle: Any, name: str) -> Any:
        """Read an attribute that the test opted in to."""

    def set_attribute(self, handle: Any, name: str, value: Any) -> None:
        """Set one."""

    def delete_attribute(self, handle: Any, name: str) -> None:
        """Delete one."""

    def opted_in(self, handle: Any) -> bool:
        """Whether the test names the class of an object, or a base of it."""

    def require(self, handle: Handle, operation: str) -> None:
        """Raise an error unless a special method of an object may be used."""

    def names_operator(self, handle: Any, operation: str) -> bool:
        """Whether a comment in the test opts in to an operator."""

    def face(self, kind: LearnerClass) -> type | None:
        """What `isinstance` sees besides a class's stand-in."""

    def note_apart(self, problem: Exception) -> None:
        """Note what only happens because test and answer live apart."""


class Seat(NamedTuple):
    """Where a handle's original sits: its process and its number there.

    `too_large` marks a value that stays there because of its size.
    """

    link: Process
    number: int
    too_large: bool = False


class LearnerClass(type):
    """The type of the classes that stand for the learner's classes; calling one asks for it."""

    _class_seat: Seat
    _claims: dict[str, Any]
    _face: tuple[int, type | None]

    def __new__(
        mcs, name: str, bases: tuple[type, ...], contents: dict[str, Any], **_: Any
    ) -> LearnerClass:
        """Make the stand-in of a class; a test cannot derive one of its own from it."""
        if "_class_seat" not in contents:
            base = next(base for base in bases if isinstance(base, LearnerClass))
            problem = NoValueError(
                f"The test derives a class from {words(base)}, which lives in another process: "
                "derive it in a cell of the learner's or in a set-up cell."
            )
            base._class_seat.link.note_apart(problem)
            raise problem
        return super().__new__(mcs, name, bases, contents)

    def __call__(cls, *positional: Any, **named: Any) -> Any:
        """Make an object in the learner's process."""
        return cls._class_seat.link.operate("call", cls, *positional, named=named)

    def __call_within__(cls, seconds: float, *positional: Any, forgets: bool = False) -> Any:
        """Call for `labkit.exercise.guard`, with a time limit."""
        return cls._class_seat.link.call_within(cls, seconds, *positional, forgets=forgets)

    def __read_within__(cls, seconds: float, name: str) -> Any:
        """Read an attribute for `labkit.exercise.guard`: its judge names what it needs."""
        return cls._class_seat.link.read_within(cls, seconds, name)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise _hidden(cls, name, cls._class_seat.link)
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


class LearnerEnum(LearnerClass):
    """The type of the learner's enumerations, whose members are counted and looked up."""

    def __len__(cls) -> int:
        return _length(cls)

    def __iter__(cls) -> Iterator[Any]:
        return _iterate(cls)

    def __getitem__(cls, key: Any) -> Any:
        return _forward("get item")(cls, key)

    def __contains__(cls, item: Any) -> bool:
        return _forward("contains", bool)(cls, item)


def _no_value(self: Any, *_: Any) -> Any:
    problem = NoValueError(
        f"The test compares {words(self)}, where a plain value is needed: return a number, "
        "text, list, array … (Where the learner's own operator is meant, the test names the class "
        "and says so in a comment: # labkit: attributes __eq__)"
    )
    self._seat.link.note_apart(problem)
    raise problem


def _hidden(handle: Any, name: str, process: Process) -> AttributeError:
    """The error of a private attribute, noted where the test itself reads it."""
    problem = NotOptedInError(
        f"The test reads .{name} of {words(handle)}, which begins with a line: name it in a "
        f"comment of the test, # labkit: attributes {name}, or test what the object does."
    )
    # Libraries look for special methods and their own marks on everything they get.
    if not name.startswith(("__", "_repr_", "_ipython_")) and _asked_by_the_test():
        process.note_apart(problem)
    return problem


def _asked_by_the_test() -> bool:
    """Whether an attribute is read by the instructor's own code, and not within a library."""
    file = sys._getframe(3).f_code.co_filename
    return not file.startswith(_STANDARD_LIBRARY) and "-packages" not in file


def words(handle: Any) -> str:
    """How a handle is called in a message."""
    if type(handle) is FunctionHandle:
        return f"the function {handle.__name__}"
    if isinstance(handle, LearnerClass):
        return f"the class {handle.__name__}"
    if handle._seat.too_large:
        limit = f"{wire.MAX_FRAME / 2**20:g} MB"
        return f"an object of class {type(handle).__name__} that is too large to cross ({limit})"
    return f"an object of class {type(handle).__name__}"


def _comparison(operation: str, same: bool | None = None) -> Callable[[Any, Any], Any]:
    def compare(self: Handle, other: object) -> Any:
        if same is not None and other is self:
            return same
        link = self._seat.link
        if other is None and same is not None:
            return not same  # an object of the learner's is not None, whatever it says
        if isinstance(other, Handle) and link.names_operator(self, operation):
            answer = link.operate(operation, self, other)
            if type(answer) is bool:
                return answer
        elif isinstance(other, Handle) and same is not None:
            if not any(_compares(handle) for handle in (self, other)):
                return not same  # objects without an operator of their own equal themselves alone
        return _no_value(self)

    return compare


def _compares(handle: Handle) -> bool:
    """Whether the class of an object claims to say itself what it equals."""
    claims: dict[str, Any] = getattr(type(handle), "_claims", {})
    return type(handle) is not FunctionHandle and bool(claims.get("compares", True))


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
            raise _hidden(self, name, self._seat.link)
        return self._seat.link.attribute(self, name)

    def __read_within__(self, seconds: float, name: str) -> Any:
        """Read an attribute for `labkit.exercise.guard`: its judge names what it needs."""
        return self._seat.link.read_within(self, seconds, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_seat":
            object.__setattr__(self, name, value)
        else:
            self._seat.link.set_attribute(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._seat.link.delete_attribute(self, name)

    def __repr__(self) -> str:
        return f"<{words(self)}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        # Never the learner's own words: nbgrader reads a number shown last as points.
        printer.text(f"<{words(self)}>")

    def __reduce_ex__(self, _: Any) -> Any:
        problem = NoValueError(f"{words(self)} cannot be copied or stored by a test".capitalize())
        self._seat.link.note_apart(problem)
        raise problem


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
        claimed = signature(claims.get("signature"))
        if claimed is not None:
            vars(function)["__signature__"] = claimed
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
            raise AttributeError(f"{words(self)} has no source")
        name = f"<source of {self.__name__} {self._seat.number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return compile("pass", name, "exec")

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Call the function in the learner's process."""
        return self._seat.link.operate("call", self, *positional, named=named)

    def __call_within__(self, seconds: float, *positional: Any, forgets: bool = False) -> Any:
        """Call for `labkit.exercise.guard`, with a time limit."""
        return self._seat.link.call_within(self, seconds, *positional, forgets=forgets)

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


def signature(claimed: Any) -> inspect.Signature | None:
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


def _forward(operation: str, exact: type | None = None) -> Callable[..., Any]:
    """A special method that asks the learner's process, where the test opted in to the class."""

    def special(self: Any, *arguments: Any) -> Any:
        link = seat_of(self).link
        link.require(self, operation)
        answer = link.operate(operation, self, *arguments)
        if exact is not None and type(answer) is not exact:
            raise LearnerError(
                f"{operation} of {words(self)} gave a {type(answer).__name__}, not {exact.__name__}"
            )
        return answer

    return special


def seat_of(handle: Any) -> Seat:
    """Where the original of a handle or of a learner's class sits."""
    seat: Seat = handle._class_seat if isinstance(handle, LearnerClass) else handle._seat
    return seat


def _length(self: Any) -> int:
    length = _forward("length", int)(self)
    if not 0 <= length < sys.maxsize:
        raise LearnerError(f"the length of {words(self)} is claimed to be {length}")
    return length


def _text(operation: str) -> Callable[[Handle], str]:
    def text(self: Handle) -> str:
        if not self._seat.link.opted_in(self):
            return f"<{words(self)}>"
        return _forward(operation, str)(self)

    return text


def _iterate(self: Any) -> Iterator[Any]:
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


def call(self: Handle, *positional: Any, **named: Any) -> Any:
    """Call an object that can be called."""
    return self._seat.link.operate("call", self, *positional, named=named)


def call_within(self: Handle, seconds: float, *positional: Any, forgets: bool = False) -> Any:
    """Call an object for `labkit.exercise.guard`."""
    return self._seat.link.call_within(self, seconds, *positional, forgets=forgets)


def _exit(self: Handle, *_: Any) -> bool:
    return bool(_forward("exit")(self)) and False


SPECIAL: dict[str, Callable[..., Any]] = {
    "__len__": _length,
    "__getitem__": _forward("get item"),
    "__setitem__": _forward("set item"),
    "__delitem__": _forward("delete item"),
    "__contains__": _forward("contains", bool),
    "__iter__": _iterate,
    "__next__": _next,
    "__call__": call,
    "__enter__": _forward("enter"),
    "__exit__": _exit,
    "__str__": _text("text"),
    "__repr__": _text("representation"),
}


def truth(self: Handle) -> bool:
    """Ask an object whose class says when it is true."""
    return _forward("truth", bool)(self)


def face(self: Handle) -> type:
    """Return what `isinstance` takes an object for."""
    kind = type(self)
    return kind._class_seat.link.face(kind) or kind  # type: ignore[attr-defined]


def is_subclass(kind: Any, bases: Any) -> bool:
    """`issubclass` that also knows which library classes the learner's classes derive from."""
    if issubclass(kind, bases):
        return True
    seen = kind._class_seat.link.face(kind) if isinstance(kind, LearnerClass) else None
    return seen is not None and issubclass(seen, bases)
