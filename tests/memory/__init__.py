"""Programs that change arrays, lists and dicts in place: right, or refused."""

import sys
from pathlib import Path

_TESTS = str(Path(__file__).parents[1])
if _TESTS not in sys.path:  # for `python -m tests.memory.torture`
    sys.path.insert(0, _TESTS)
