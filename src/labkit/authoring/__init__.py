"""From text sources to released notebooks, with the proof that no answer leaks.

The rooms: `source` reads and writes the text, `build` makes the committed notebooks,
`lint` finds what an author forgot, `release` strips answers, `leaks` proves that they are
gone, `port` brings JupyterLab edits back, `catalog` knows the modules, `workbook` fills a
learner's folder and `scaffold` starts a new lab.
"""
