"""Generated source is what Numba compiles as it is, wherever it compiles the function itself."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest
from golden import BY_NAME, CASES, GoldenCase, target
from numba.core import errors

from support import assert_close
from support.trees import leaves

pytestmark = pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaWarning")

NOT_IN_NUMBA = {
    "assert_and_raise": "format specs in f-strings",
    "cross_entropy": "np.max with an axis",
    "dataclass_parameter": "dataclasses",
    "dict_parameter": "dicts of several types",
    "f_strings": "format specs in f-strings",
    "for_dict_items": "dicts of several types",
    "for_reversed": "reversed",
    "matmul": "products of arrays of three dimensions",
    "maxima": "np.max with an axis",
    "module_data": "dicts of several types",
    "print_in_a_loop": "format specs in f-strings",
    "reductions": "np.mean with an axis",
    "stack": "np.stack of a list",
    "trajectory": "np.stack of a list",
    "try_in_a_loop": "exceptions caught by their class",
    "variance": "np.var with an axis",
    "with_errstate": "np.errstate",
}
"""Cases whose function Numba does not compile either, and what it does not know in them."""

GRADIENT_NOT_IN_NUMBA = {
    "concatenate": "pieces of different lengths are split by a helper",
    "fancy_index": "np.add.at",
    "store_fancy": "what a repeated index stores last is told by a helper",
    "for_list": "a list of None to be filled",
    "mlp_loss": "a list of None to be filled",
}
"""Cases whose function Numba compiles, but whose gradient uses what it does not know."""

COMPILED = [c for c in CASES if c.name not in NOT_IN_NUMBA | GRADIENT_NOT_IN_NUMBA]


@pytest.mark.parametrize("case", COMPILED, ids=str)
def test_generated_source(case: GoldenCase) -> None:
    arguments = case.arguments()
    compiled = numba.njit(case.load(case.generate()))
    got, want = compiled(*map(in_numba, arguments)), case.load(case.stored)(*arguments)
    for (path, one), (other_path, other) in zip(leaves(got), leaves(want), strict=True):
        assert path == other_path
        narrow = getattr(other, "dtype", None) == np.float32
        assert_close(one, other, 1e-6 if narrow else 1e-12, 1e-14, path)


@pytest.mark.parametrize("name", NOT_IN_NUMBA)
def test_what_numba_does_not_compile_itself(name: str) -> None:
    """The list of exceptions stays as short as it can be."""
    case = BY_NAME[name]
    with pytest.raises((errors.NumbaError, errors.UnsupportedBytecodeError)):
        numba.njit(case.primal)(*map(in_numba, case.args))


def test_every_target_but_two_is_compiled() -> None:
    """The two that Numba does not compile as people write them either."""
    left_out = {c.name for c in CASES if target(c)} - {c.name for c in COMPILED}
    assert left_out == {"mlp_loss", "trajectory"}


def in_numba(argument: Any) -> Any:
    """A list as Numba's own kind of list."""
    return numba.typed.List(argument) if isinstance(argument, list) else argument
