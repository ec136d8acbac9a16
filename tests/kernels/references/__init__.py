"""What the kernels compute, by other means: matrices, libraries, or all paths one by one.

`reference` registers a function under the name of the kernel that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

REFERENCES: dict[str, Callable[..., Any]] = {}


def reference(function: Callable[..., Any]) -> Callable[..., Any]:
    assert function.__name__ not in REFERENCES
    REFERENCES[function.__name__] = function
    return function
