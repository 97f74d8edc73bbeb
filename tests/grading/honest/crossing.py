"""What crosses between a test and an answer, as docs/GRADING.md lists it: each row is a case."""

from __future__ import annotations

TABLE = (
    ("numbers, texts, lists, dictionaries, dates", "as values", "values/dict"),
    ("arrays, tables, series", "as values", "arrays/frame"),
    (
        "SymPy expressions, polynomials, graphs, patterns, namespaces",
        "as values",
        "library_values/sympy",
    ),
    (
        "results of SciPy, scikit-learn's Bunch",
        "as dictionaries with attributes",
        "library_values/optimize_result",
    ),
    ("functions, also with a cache or a docstring", "called where they are", "functions/call"),
    (
        "estimators, frozen distributions, groups, matches, Axes",
        "their usual attributes and methods",
        "library_values/frozen_distribution",
    ),
    ("objects of a class that the test names", "public attributes and methods", "classes/stack"),
    ("files in the working folder", "both sides see them", "files/csv"),
    ("modules beside the notebook", "imported by answers", "files/module_used"),
    (
        "names found through globals(), eval, dir, unittest",
        "the learner's names",
        "names_at_run_time/globals",
    ),
    (
        "what the visible lines of a test bind",
        "later cells have it",
        "state/uses_what_a_test_bound",
    ),
    (
        "streams, databases, estimators, Axes and fakes of the test",
        "used where they are",
        "own_objects/fake",
    ),
    (
        "a built-in or a name of __main__ that the test replaces",
        "replaced for the answer too",
        "built_ins/sum_is_used",
    ),
    (
        "a loop that calls one function with numbers or texts",
        "up to a thousand calls at once",
        "many_calls/hundred_thousand",
    ),
    ("a value of more than 64 MB", "a person looks", "many_calls/array_of_128_mb"),
    (
        "something else that the test replaces in a module",
        "a person looks",
        "built_ins/random_patched",
    ),
    (
        "private attributes (with a comment they are read)",
        "a person looks",
        "classes/private_attribute",
    ),
    (
        "operators of the learner's class (with a comment they are used)",
        "a person looks",
        "classes/operator",
    ),
    (
        "a class that a test derives from the learner's",
        "a person looks",
        "classes/subclass_in_test",
    ),
    ("a learner's module that the test itself imports", "a person looks", "files/module_written"),
    ("a test that looks at nothing of the learner's", "a person looks", "proves_nothing/constant"),
)
"""What it is, how it crosses, and the case that holds it."""


def rendered() -> str:
    """The table as it stands in the guide."""
    lines = ["| What | How it crosses |", "|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {how} |" for what, how, _ in TABLE)])
