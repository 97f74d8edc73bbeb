"""The learner's place in JupyterLab: serving it, its home page, and handing work in."""
