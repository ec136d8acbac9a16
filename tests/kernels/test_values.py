"""The kernels compute what they say: each against the same by other means."""

from __future__ import annotations

import copy

import pytest

from kernels import KERNELS, Kernel
from kernels.references import REFERENCES, algebra, arrays, equations, sequences
from support import assert_close
from support.trees import assert_same

MODULES = (algebra, arrays, equations, sequences)
LOOSE = {"runge_kutta": 1e-6, "newton_pair": 1e-8, "newton_system": 1e-8}
"""What converges to its reference, rather than being the same in other words."""


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_value(kernel: Kernel) -> None:
    args = kernel.inputs(kernel.sizes[0])
    before = copy.deepcopy(args)
    value = kernel.function(*args)
    assert_same(before, args, "argument")
    want = REFERENCES[kernel.name](*args)
    assert_close(float(value), float(want), rtol=LOOSE.get(kernel.name, 1e-10))


def test_every_reference_has_a_kernel() -> None:
    assert set(REFERENCES) == {kernel.name for kernel in KERNELS}
