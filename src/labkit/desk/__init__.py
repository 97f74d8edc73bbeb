"""The learner's place in JupyterLab: start it, show the home page, hand work in."""
