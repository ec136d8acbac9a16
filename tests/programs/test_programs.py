"""Programs as their authors write them, each with losses whose gradients are measured.

Every program ends with `ENTRIES`: a function, what makes its arguments, and `argnums`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from programs._refused import REFUSED
from support import assert_close, assert_matches
from support.numeric import slope, widened
from support.trees import arrays, assert_same, is_real, leaves

FILES = {p.stem for p in Path(__file__).parent.glob("[a-z]*.py")}
NAMES = sorted(FILES - {"sources", "test_programs", "test_sources"})

STEP = 1e-4
"""Small, to stay between the kinks of the programs."""


class Entry:
    """A loss of a program at one point, as a function of a tuple of what is differentiated."""

    def __init__(self, loss: Callable[..., Any], make_args: Callable[[], Any], argnums: Any):
        self.loss = loss
        self.make_args = make_args
        self.argnums = argnums
        self.positions = argnums if isinstance(argnums, tuple) else (argnums,)

    @property
    def point(self) -> tuple[Any, ...]:
        args = self.make_args()
        return tuple(args[i] for i in self.positions)

    def __call__(self, values: tuple[Any, ...]) -> Any:
        args = list(self.make_args())
        for position, value in zip(self.positions, values, strict=True):
            args[position] = value
        return self.loss(*args)


def entries() -> Iterator[Any]:
    for name in NAMES:
        listed = importlib.import_module(f"programs.{name}").ENTRIES
        for number, (loss, make_args, argnums) in enumerate(listed):
            entry = Entry(loss, make_args, argnums)
            yield pytest.param(entry, id=f"{name}-{loss.__name__}-{number}")


ENTRIES = list(entries())
DIFFERENTIATED = [e for e in ENTRIES if e.id not in REFUSED]


def directions(leaf: Any) -> Iterator[Any]:
    """One random direction, and that of each element."""
    random = np.random.default_rng(1).standard_normal(np.shape(leaf))
    yield random / max(float(np.sqrt(np.sum(random**2))), 1e-12)
    yield from np.eye(np.size(leaf)).reshape(-1, *np.shape(leaf))


@pytest.mark.parametrize("entry", ENTRIES)
def test_loss_is_smooth_at_its_point(entry):
    """Slopes by two step sizes agree, so that they are a measure for the gradient."""
    point = widened(entry.point)
    for where, leaf in leaves(point):
        if is_real(leaf):
            direction = next(directions(leaf))
            coarse, fine = (slope(entry, point, where, direction, h) for h in (STEP, STEP / 4))
            assert_close(coarse, fine, 1e-6, 1e-8, where)


def test_every_refusal_is_of_an_entry() -> None:
    assert REFUSED.keys() <= {e.id for e in ENTRIES}


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.id in REFUSED])
def test_what_is_refused_is_refused_with_a_place_and_a_way_out(entry, request):
    with pytest.raises(srcgrad.SrcgradError) as caught:
        srcgrad.grad(entry.loss, entry.argnums)(*entry.make_args())
    assert REFUSED[request.node.callspec.id] in caught.value.what
    assert caught.value.location is not None
    assert caught.value.fix


@pytest.mark.parametrize("entry", DIFFERENTIATED)
def test_gradient_is_what_differences_measure(entry):
    args = entry.make_args()
    value, gradient = srcgrad.value_and_grad(entry.loss, entry.argnums)(*args)
    assert_close(value, entry.loss(*entry.make_args()), 1e-10, 1e-12)
    assert_same(arrays(tuple(entry.make_args())), arrays(tuple(args)), "argument")

    results = gradient if isinstance(entry.argnums, tuple) else (gradient,)
    assert_matches(results, entry.point)
    point = widened(entry.point)
    bars = dict(leaves(results))
    for where, leaf in leaves(point):
        if not is_real(leaf):
            continue
        for direction in directions(leaf):
            measured = slope(entry, point, where, direction, STEP)
            predicted = float(np.sum(np.asarray(bars[where]) * direction))
            assert_close(predicted, measured, 1e-6, 1e-8, f"slope{where}")
