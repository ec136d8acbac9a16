"""Write the generated part of every golden case anew: `python -m tests.golden [--check] [case ...]`.

With `--check` nothing is written: differences are shown, and fail.  With `--print` the sources are
printed.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence

from . import BY_NAME, CASES, GoldenCase


def difference(case: GoldenCase, source: str) -> str:
    """What would change in a case, as a diff."""
    old, new = case.stored.splitlines(), source.splitlines()
    return "\n".join(
        difflib.unified_diff(old, new, f"{case.name}: stored", "generated", lineterm="")
    )


def main(args: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[[], *BY_NAME], help="all if left out")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--print", action="store_true", help="print the sources only")
    options = parser.parse_args(args)
    changed = 0
    for case in [BY_NAME[name] for name in options.case] or CASES:
        source = case.generate()
        if options.print:
            print(source)
        elif source != case.stored:
            changed += 1
            print(difference(case, source) if options.check else f"wrote {case.path.name}")
            if not options.check:
                case.store(source)
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
