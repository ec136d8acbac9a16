"""The command `srcgrad`, also `python -m srcgrad`: gradients and their debugger from a shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from srcgrad.cli.failures import from_here, of_the_users
from srcgrad.cli.parser import make_parser
from srcgrad.cli.standalone import standalone
from srcgrad.errors import SrcgradError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code.

    0 if all is well; 1 if what it checks is not right, or after an error that it explains, be it
    srcgrad's or one that the user's code raises; for wrong usage SystemExit is raised with 2.
    """
    options = make_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # as in `srcgrad show ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SrcgradError as error:
        refusal = error
    except Exception as error:
        refusal = of_the_users(error)
    refusal.location = from_here(refusal.location)
    print(f"srcgrad: {refusal}", file=sys.stderr)
    return 1


__all__ = ["main", "standalone"]
