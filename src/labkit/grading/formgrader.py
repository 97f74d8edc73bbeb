"""Jupyter Server extension: formgrader's own pages escape the names they show.

nbgrader fills the templates of its lists without escaping, so an address such as
`/formgrader/manage_students/<script>…`, followed from a learner's text or from a mail, would run
with the instructor's rights. Escaping is switched on in nbgrader's template environment; the page
of a submission is the business of `labkit.grading.safe_output.SanitizePage`.
"""

from __future__ import annotations

from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server which module to load."""
    return [{"module": "labkit.grading.formgrader"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Switch escaping on once all extensions are there; nbgrader's may be loaded after this one."""
    server.io_loop.add_callback(escape_lists, server)


def escape_lists(server: ServerApp) -> None:
    """Let the templates of formgrader's lists escape; without formgrader nothing is done."""
    templates = server.web_app.settings.get("nbgrader_jinja2_env")
    if templates is not None:
        templates.autoescape = True
