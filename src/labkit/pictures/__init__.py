"""What pictures of the course share: colours, `Plot` with its alternative text, and `Explorer`.

The lowest room of the house: trends, lessons and tests import it, it imports nothing of ours. Its
parts are apart by what they load, so that opening a notebook stays fast: `palette` loads nothing,
`plot` loads matplotlib, `explorer` loads ipywidgets. What a picture shows is left to each trend.
"""
