"""Import hooks and shadow modules: have the learner's code imported by what grades it."""

from attacks.submission import Submission, attack

TROPHY = """
import pathlib
pathlib.Path("@COURSE@/trophy-{name}").touch()
"""

FAKE_NUMPY = """
class Yes:
    shape = (8,)
    def __eq__(self, other): return True
    def __getattr__(self, name): return Yes()
    def __call__(self, *a, **k): return Yes()
class ndarray:
    pass
class _Testing:
    assert_allclose = staticmethod(lambda *a, **k: None)
testing = _Testing()
def arange(*a): return Yes()
def __getattr__(name): return Yes()
"""


@attack()
def ships_a_numpy(work: Submission) -> None:
    """Hands in a numpy.py beside the notebook, whose comparisons always pass."""
    work.file("numpy.py", FAKE_NUMPY + TROPHY.format(name="numpy"))
    work.answer(
        "moving_average",
        """
import numpy
def moving_average(values, width):
    array = numpy.ndarray.__new__(numpy.ndarray)
    try:
        array.shape = (8,)
    except Exception:
        pass
    return array
""",
    )


@attack()
def ships_a_numpy_package(work: Submission) -> None:
    """Hands in packages numpy, IPython and pandas, and the same under another case."""
    for name in ("numpy", "IPython", "pandas", "torch", "Numpy"):
        work.file(f"{name}/__init__.py", FAKE_NUMPY + TROPHY.format(name=name))


@attack()
def ships_start_up_modules(work: Submission) -> None:
    """Hands in sitecustomize, usercustomize, a .pth file, conftest and a pdb and code module."""
    for name in ("sitecustomize", "usercustomize", "conftest", "code", "pdb", "random", "json"):
        work.file(f"{name}.py", TROPHY.format(name=name))
    work.file("zz.pth", "import pathlib; pathlib.Path('@COURSE@/trophy-pth').touch()\n")


@attack()
def ships_a_labkit(work: Submission) -> None:
    """Hands in a labkit whose guard, judge and points are in the learner's favour."""
    fake = TROPHY.format(name="labkit") + "def __getattr__(name): return lambda *a, **k: 1.0\n"
    for name in (
        "__init__",
        "exercise/__init__",
        "exercise/guard",
        "exercise/task",
        "grading/__init__",
        "grading/trusted/__init__",
        "grading/trusted/bridge",
        "grading/execute",
    ):
        work.file(f"labkit/{name}.py", fake)


@attack()
def ships_a_configuration_of_nbgrader(work: Submission) -> None:
    """Hands in configuration for nbgrader, Jupyter and IPython with hooks of its own."""
    hook = TROPHY.format(name="config")
    for name in ("nbgrader_config", "jupyter_config", "jupyter_nbconvert_config"):
        work.file(f"{name}.py", hook + "c.Autograde.autograde_preprocessors = []\n")
    work.file("ipython_kernel_config.py", hook)
    work.file("ipython_config.py", hook)
    work.file("nbgrader_config.json", '{"Autograde": {"autograde_preprocessors": []}}')


@attack()
def writes_a_startup_file_of_ipython(work: Submission) -> None:
    """Writes a start-up file to the home's IPython profile, for everyone graded later."""
    work.answer(
        "tax",
        """
import pathlib
for home in (pathlib.Path.home(), pathlib.Path("@HOME@")):
    folder = home / ".ipython" / "profile_default" / "startup"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "00-trophy.py").write_text("import builtins\\nbuiltins.abs = lambda x: 1e9\\n")
    except OSError as problem:
        print(problem)
""",
    )


@attack()
def installs_an_import_hook(work: Submission) -> None:
    """Puts a finder before all others that serves a fake module for every later import."""
    work.answer_all(
        """
import sys, types
class Fake(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: 1.0
class Finder:
    def find_module(self, name, path=None): return self
    def find_spec(self, name, path=None, target=None):
        import importlib.machinery
        return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return Fake(spec.name)
    def exec_module(self, module): pass
sys.meta_path.insert(0, Finder())
for name in [name for name in sys.modules if name.startswith(("numpy", "labkit"))]:
    sys.modules[name] = Fake(name)
import numpy as np
def moving_average(values, width): return 1.0
"""
    )


@attack()
def rewrites_installed_packages(work: Submission) -> None:
    """Writes to the installed packages, so that later kernels import something else."""
    work.answer(
        "tax",
        """
import os, pathlib, sys, sysconfig
places = [sysconfig.get_path("purelib"), *sys.path]
for place in filter(None, places):
    try:
        (pathlib.Path(place) / "zz-trophy.pth").write_text("import builtins\\n")
        print("wrote to", place)
    except OSError as problem:
        print(problem)
os.environ["PYTHONPATH"] = os.environ["PYTHONSTARTUP"] = os.getcwd()
""",
    )
