"""JupyterLab, started without a check of web addresses that it never makes.

Where `rfc3987_syntax` is installed (JupyterLab brings it), jsonschema builds a parser for
international web addresses with it at import: 1.0 of the 1.1 s of processor time that `import
jsonschema` takes, measured with jsonschema 4.26. No schema of JupyterLab or of a notebook has that
format. `labkit lab` runs this module in place of `jupyterlab`.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

if __name__ == "__main__":
    from jupyterlab.labapp import main

    main()
