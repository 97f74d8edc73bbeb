"""Opens JupyterLab on the course's home page and tells it where the page's extension lies."""

from labkit.desk.extension import LABEXTENSIONS

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.LabApp.default_url = "/lab/tree/HOME.md"
c.LabApp.extra_labextensions_path = [str(LABEXTENSIONS)]
