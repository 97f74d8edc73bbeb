"""Makes formgrader's pages safe where Jupyter is started from the repository's root."""

c = get_config()  # noqa: F821
c.ServerApp.jpserver_extensions = {"labkit.grading.formgrader": True}
