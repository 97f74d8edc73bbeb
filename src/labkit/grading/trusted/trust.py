"""What a test believes of the things of the learner's process, and what it lets them show.

Tables of the types that mean the same in both processes, of the library classes that an object may
claim for `isinstance`, and of the attributes that their objects show without opting in. Nothing in
here lets an object be taken for a value.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import sys
import types
from typing import Any

_BEHAVIOUR = ("torch.nn.", "sklearn.", "gymnasium.", "matplotlib.")
"""Libraries whose classes a handle may claim for `isinstance`: what does something, no values."""

_ABSTRACT = ("collections.abc", "abc", "typing")

_VALUE_BASES = (int, float, complex, str, bytes, list, tuple, dict, set, frozenset)

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

_ARTIST = frozenset(
    "lines patches collections axes texts images containers legend_ title figure xaxis yaxis "
    "spines".split()
)

_FROZEN = frozenset(
    "pdf pmf logpdf logpmf cdf sf ppf isf mean var std median interval moment stats rvs entropy "
    "support args kwds".split()
)

_GROUPED = frozenset(
    "ngroups groups indices get_group size count sum mean median min max std var first last nth "
    "agg aggregate apply transform filter describe".split()
)

_STYLED = frozenset("to_html to_latex to_string data".split())

_MATCH = frozenset(
    "group groups groupdict start end span string pos endpos lastindex lastgroup expand".split()
)

_CACHED = frozenset("cache_info cache_clear cache_parameters".split())

_GENERATOR = frozenset({"send", "close", "throw"})

PROTOCOLS: dict[str, frozenset[str]] = {
    "sklearn.base.BaseEstimator": _ESTIMATOR,
    "torch.nn.modules.module.Module": _MODULE,
    "gymnasium.core.Env": _ENVIRONMENT,
    "gymnasium.spaces.space.Space": _SPACE,
    "matplotlib.artist.Artist": _ARTIST,
    "scipy.stats._distn_infrastructure.rv_frozen": _FROZEN,
    "pandas.core.groupby.groupby.GroupBy": _GROUPED,
    "pandas.io.formats.style.Styler": _STYLED,
    "re.Match": _MATCH,
    "functools._lru_cache_wrapper": _CACHED,
    "builtins.generator": _GENERATOR,
}
"""Attributes that are read without opting in, by a base class that the object claims to have."""

_SEQUENCE = frozenset({"length", "get item", "iterate"})

CONTAINERS: dict[str, frozenset[str]] = {
    "torch.nn.modules.container.Sequential": _SEQUENCE,
    "torch.nn.modules.container.ModuleList": _SEQUENCE,
    "sklearn.pipeline.Pipeline": _SEQUENCE,
    "matplotlib.axes._base._AxesBase.ArtistList": _SEQUENCE,
    "matplotlib.container.Container": _SEQUENCE,
}
"""Operations other than calls and attributes that objects of libraries allow."""

LIBRARIES_WITH_PROTOCOLS = ("sklearn", "torch", "gymnasium", "matplotlib", "scipy", "pandas")

ITERATORS = (
    "generator list_iterator tuple_iterator dict_keyiterator dict_valueiterator "
    "dict_itemiterator set_iterator range_iterator longrange_iterator str_iterator "
    "str_ascii_iterator bytes_iterator map filter zip enumerate reversed list_reverseiterator "
    "dict_reversekeyiterator dict_reversevalueiterator dict_reverseitemiterator callable_iterator "
    "count cycle repeat chain islice accumulate starmap takewhile dropwhile filterfalse compress "
    "pairwise batched zip_longest _tee product permutations combinations "
    "combinations_with_replacement groupby"
).split()


def grants(base: str, name: str) -> bool:
    """Whether objects of a library's class show an attribute without more ado."""
    if name in PROTOCOLS.get(base, ()):
        return True
    if base == "sklearn.base.BaseEstimator":
        return name.endswith("_")
    return base == "matplotlib.artist.Artist" and name.startswith("get_")


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


def own_type(claims: dict[str, Any]) -> type | None:
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


def behaviour(base: str) -> type | None:
    """A library's class that a handle may claim to be an instance of."""
    module, _, name = base.rpartition(".")
    if not (base.startswith(_BEHAVIOUR) or module in _ABSTRACT):
        return None
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, type) or issubclass(found, _VALUE_BASES):
        return None
    return found if found.__module__ == module else None


_LIBRARIES = ("builtins", "math", "numpy", "torch", "torch.nn.functional", "scipy.special")


def library_name(thing: Any) -> list[str] | None:
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
