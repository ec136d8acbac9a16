"""Golden cases: a function, arguments, and exactly the gradient source that is generated for it.

Each file beside this one is a case.  It defines a function of the file's own name, `EXAMPLE` (the
arguments) and, where they differ from the defaults, `ARGNUMS` or `WRT`, `VALUE` (for
`value_and_grad`), `HAS_AUX` and `NUMPY_ALONE` (False where a helper or a class of the user's is imported).
Under the line `# gradient` stands the source.  `python -m tests.golden` writes it anew.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import srcgrad

FOLDER = Path(__file__).parent
MARKER = "\n\n\n# gradient\n"
GAP = "\n\n"


@dataclass(frozen=True)
class GoldenCase:
    """One file: what is differentiated, for which arguments, and the source stored for it."""

    path: Path

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def head(self) -> str:
        """The part that people write."""
        return self.path.read_text(encoding="utf-8").partition(MARKER)[0]

    @property
    def stored(self) -> str:
        """The generated part."""
        return self.path.read_text(encoding="utf-8").partition(MARKER)[2].removeprefix(GAP)

    @cached_property
    def module(self) -> ModuleType:
        """The head as a module, which generated source can import classes from."""
        module = ModuleType(f"golden.{self.name}")
        module.__file__ = str(self.path)
        sys.modules[module.__name__] = module
        exec(compile(self.head, self.path, "exec"), module.__dict__)
        return module

    @property
    def primal(self) -> Callable[..., Any]:
        return getattr(self.module, self.name)

    @property
    def args(self) -> tuple[Any, ...]:
        return self.module.EXAMPLE

    @property
    def options(self) -> dict[str, Any]:
        """What the gradient is with respect to, as `grad` takes it."""
        names = {"ARGNUMS": "argnums", "WRT": "wrt"}
        return {to: getattr(self.module, n) for n, to in names.items() if hasattr(self.module, n)}

    @property
    def has_aux(self) -> bool:
        return getattr(self.module, "HAS_AUX", False)

    @property
    def numpy_alone(self) -> bool:
        return getattr(self.module, "NUMPY_ALONE", True)

    def gradient(self) -> srcgrad.Gradient:
        """A gradient compiled anew."""
        make = srcgrad.value_and_grad if getattr(self.module, "VALUE", False) else srcgrad.grad
        return make(self.primal, has_aux=self.has_aux, **self.options)

    def generate(self) -> str:
        """The source as it is generated now."""
        return self.gradient().compile_for(*self.args).source

    def store(self, source: str) -> None:
        self.path.write_text(self.head + MARKER + GAP + source, encoding="utf-8")

    def arguments(self) -> list[Any]:
        """What the stored function takes: the example, then the outside data that it reads."""
        bound = inspect.signature(self.primal).bind(*self.args)
        bound.apply_defaults()
        names = inspect.signature(self.load(self.stored)).parameters
        values = {**vars(self.module), **inspect.getclosurevars(self.primal).nonlocals}
        return [{**values, **bound.arguments}[name] for name in names]

    def load(self, text: str) -> Callable[..., Any]:
        """The gradient that a text defines: its last function."""
        assert self.module
        space: dict[str, Any] = {"__name__": f"golden.{self.name}_gradient"}
        exec(compile(text, f"{self.name}_gradient", "exec"), space)
        return [value for value in space.values() if hasattr(value, "__code__")][-1]


CASES = [
    GoldenCase(path)
    for path in sorted(FOLDER.glob("*.py"))
    if not path.name.startswith(("_", "test_"))
]
BY_NAME = {case.name: case for case in CASES}


def target(case: GoldenCase) -> str | None:
    """The gradient of the case written by hand, where there is one."""
    path = FOLDER / "targets" / case.path.name
    return path.read_text(encoding="utf-8") if path.exists() else None
