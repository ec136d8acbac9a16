"""Gradients of the same source by srcgrad and by autograd, which has to import its own NumPy."""

from __future__ import annotations

import copy
import importlib.util
import linecache
import math
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import autograd
import autograd.numpy
import numpy as np
import pytest
from autograd.extend import defvjp, primitive

import language_cases
import srcgrad
from differential import losses
from support.trees import Tree, is_real, leaves

RTOL = 1e-9
ATOL = 1e-11

NOT_FOR_AUTOGRAD = frozenset(
    {
        # unary plus, // and %, int, float and formats of what is traced
        "arithmetic",
        "augmented_floor_and_mod",
        "builtins",
        "formatted_strings",
        "modulo_and_floor_division",
        "scalars_out_of_arrays",
        # dicts and lists that are changed, and `map`
        "calls_iadd",
        "clears_dict",
        "deletes_key",
        "generator_in_a_map",
        "pops_entry",
        "pops_key",
        "stores_deep",
        # methods that its arrays lack
        "methods",
        # named tuples and dataclasses as arguments
        "dataclass_parameter",
        "dataclass_with_a_list_of_tuples",
        "list_of_namedtuples",
        "namedtuple_parameter",
        "namedtuple_unpacked",
        # modules that keep the NumPy and `math` they import
        "another_modules_data_in_a_loop",
        "import_inside_the_function",
        # single precision, in which the two differ by rounding
        "mixed_precision",
        "single_precision_array",
    }
)
"""Language cases that autograd cannot run, or only to fewer digits."""


# autograd's copy of the programs ------------------------------------------------------------------


def erf_primitive() -> Callable[..., Any]:
    erf = primitive(math.erf)
    defvjp(erf, lambda y, x: lambda y_bar: y_bar * 2.0 / math.sqrt(math.pi) * math.exp(-x * x))
    return erf


def math_for_autograd() -> types.ModuleType:
    """A module in place of `math`, of autograd's functions."""
    module = types.ModuleType("math")
    vars(module).update({k: v for k, v in vars(math).items() if not k.startswith("_")})
    same = ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "log1p", "expm1", "sinh", "cosh")
    vars(module).update({name: getattr(autograd.numpy, name) for name in same})
    vars(module)["erf"] = erf_primitive()
    return module


def executed_for_autograd(original: types.ModuleType) -> types.ModuleType:
    """The module's source run again with autograd's NumPy under the name of NumPy."""
    name = f"{original.__name__}_for_autograd"
    spec = importlib.util.spec_from_file_location(name, original.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    replaced = {"numpy": autograd.numpy, "math": math_for_autograd(), name: module}
    kept = {key: sys.modules.get(key) for key in replaced}
    sys.modules.update(replaced)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules.update({k: v for k, v in kept.items() if v is not None})
        del sys.modules[name]
        linecache.checkcache(original.__file__)
    return module


# comparing ----------------------------------------------------------------------------------------


def autograd_gradients(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: Iterable[int]
) -> Tree:
    """One gradient for each position, by autograd; size-1 results are summed for it."""

    def total(*given: Any) -> Any:
        return autograd.numpy.sum(f(*given))

    return tuple(autograd.grad(total, k)(*copy.deepcopy(args)) for k in argnums)


def as_floats(args: tuple[Any, ...], argnums: Iterable[int]) -> tuple[Any, ...]:
    """Numbers to differentiate by as floats: autograd takes no ints."""
    return tuple(
        float(arg) if k in set(argnums) and isinstance(arg, int) else arg
        for k, arg in enumerate(args)
    )


def compare(
    f: Callable[..., Any],
    again: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: tuple[int, ...],
) -> None:
    args = as_floats(args, argnums)
    got = srcgrad.grad(f, argnums)(*args)
    wanted = autograd_gradients(again, args, argnums)
    pairs = zip(leaves(got), leaves(wanted), strict=True)
    for (path, one), (other_path, two) in pairs:
        assert path == other_path
        if is_real(two) or is_real(one):
            scale = float(np.max(np.abs(two), initial=1.0))
            np.testing.assert_allclose(one, two, rtol=RTOL, atol=ATOL * scale, err_msg=path)


# the tests ----------------------------------------------------------------------------------------

LOSSES_FOR_AUTOGRAD = executed_for_autograd(losses).LOSSES
CASES_FOR_AUTOGRAD = executed_for_autograd(language_cases).CASES


def comparable() -> list[Any]:
    """The language cases that both libraries can run, each with its copy for autograd."""
    seen: Counter[str] = Counter()
    found = []
    for case, again in zip(language_cases.CASES, CASES_FOR_AUTOGRAD, strict=True):
        seen[case.name] += 1
        label = f"{case.name}_{seen[case.name]}" if seen[case.name] > 1 else case.name
        label = label.replace("<lambda>", "lambda")
        if label not in NOT_FOR_AUTOGRAD and not set(case.options) - {"argnums"}:
            found.append(pytest.param(case, again, id=label))
    return found


@pytest.mark.parametrize(
    ("case", "again"),
    [
        pytest.param(one, two, id=one.function.__name__)
        for one, two in zip(losses.LOSSES, LOSSES_FOR_AUTOGRAD, strict=True)
    ],
)
def test_loss(case: losses.Loss, again: losses.Loss) -> None:
    compare(case.function, again.function, case.args, case.argnums)


@pytest.mark.parametrize(("case", "again"), comparable())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_language_case(case: language_cases.Case, again: language_cases.Case) -> None:
    argnums = case.options.get("argnums", 0)
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    compare(case.function, again.function, case.args, positions)
