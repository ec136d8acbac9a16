"""What of Python goes through srcgrad: each node of the grammar, each builtin, and the tools.

Data, read by three tests: `programs` holds small functions, each of which proves a verdict on some
names; `registry` is where they register, `grammar` what has to be there, `check` the runner.
`python -m tests.census` prints the table of the README.
"""

import sys
from pathlib import Path

_TESTS = str(Path(__file__).parents[1])
if _TESTS not in sys.path:  # for `python -m tests.census`
    sys.path.insert(0, _TESTS)
