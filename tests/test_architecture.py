"""The house of the design: rooms import only from rooms below; only rules name primitives."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
import srcgrad.rules
from srcgrad.rules.table import lookup

HOUSE = Path(srcgrad.__file__).parent
LIMIT = 400

GROUND = {"containers", "errors", "runtime", "request", "rulebook", "special", "surgery"}
VOCABULARY = {"kinds", "ir", "operations", "walk"}
STAGES = {"frontend", "analysis", "transform", "backend"}
HELD = {
    *("gradient", "dispatch", "hints", "inspecting", "pickling", "stepping", "walkthrough"),
}
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "containers": {"errors"},
    "trees": {"containers", "errors"},
    "runtime": set(),
    "special": set(),
    "request": set(),
    "rulebook": set(),
    "surgery": set(),
    "kinds": {"errors"},
    "operations": set(),
    "prelude": {"rules.compiling", "runtime"},
    "ir": {"kinds", "errors", "operations"},
    "walk": {"ir", "kinds", "errors"},
    "rules": VOCABULARY | GROUND,
    "frontend": {"rules"} | VOCABULARY | GROUND,
    "analysis": {"frontend", "prelude", "rules"} | VOCABULARY | GROUND,
    "transform": {"analysis", "frontend", "rules"} | VOCABULARY | GROUND,
    "backend": {"analysis.aliases", "analysis.storage", "transform.tidy", "rules"}
    | VOCABULARY
    | GROUND,
    "staging": STAGES | {"rules"} | VOCABULARY | GROUND,
    "modes": STAGES | {"staging"} | VOCABULARY | GROUND,
    "pipeline": STAGES | {"rules", "modes", "staging"} | VOCABULARY | GROUND,
    **{
        room: HELD | STAGES | {"conversion", "pipeline", "staging", "trees"} | VOCABULARY | GROUND
        for room in HELD
    },
    "inspecting": {"debug"},
    "conversion": set(),
    "writing": {"backend", "rules"} | HELD | GROUND,
    "making": {"rules", "writing"} | HELD | GROUND,
    "custom": GROUND,
    "extend": {"custom"} | GROUND,
    "checkpointing": {"custom", "making", "writing"} | GROUND,
    "api": {"making"} | HELD | GROUND,
    "seeds": {"conversion", "errors", "kinds"},
    "directional": {"making", "seeds", "writing"} | HELD | GROUND,
    "blocks": {"making", "trees"} | GROUND,
    "matrices": {"api", "blocks", "conversion", "directional", "making", "pickling", "seeds"}
    | {"writing"}
    | HELD
    | GROUND,
    "operators": {"api", "making", "matrices", "directional", "seeds", "writing"} | HELD | GROUND,
    "plotting": {"api", "operators", "writing"} | HELD | GROUND,
    "differences": {"trees"} | GROUND,
    "comparing": {"differences", "making", "trees"} | HELD | GROUND,
    "localising": STAGES
    | {"differences", "modes", "pipeline", "rules", "staging"}
    | HELD
    | VOCABULARY
    | GROUND,
    "checking": {"backend", "comparing", "differences", "localising", "making", "trees", "writing"}
    | HELD
    | GROUND,
    "debug": STAGES
    | {"api", "comparing", "differences", "localising", "making", "modes", "pipeline", "rules"}
    | {"plotting", "staging", "trees"}
    | HELD
    | VOCABULARY
    | GROUND,
    "__init__": {"api", "checking", "checkpointing", "containers", "custom", "directional"}
    | {"errors", "operators", "plotting", "runtime", "surgery", "trees"},
}
"""What each room may import, beside itself; whatever is not here (cli) stands on top.
`inspecting` alone opens doors to `debug`."""

ALLOWED: dict[str, set[str]] = {
    "analysis/assumptions.py": {"np.shares_memory"},
    "analysis/builder.py": {"np.copy"},
    "analysis/arithmetic.py": {"np.array", "np.asarray", "np.expand_dims"},
    "analysis/conflicts.py": {"np.copy"},
    "analysis/guards.py": {"np.sum"},  # for its class
    "analysis/mutators.py": {
        *("np.add", "np.arange", "np.count_nonzero", "np.ravel", "np.reshape", "np.shape"),
        *("np.size", "np.sort", "np.subtract", "np.unravel_index", "np.where"),
    },
    "analysis/storage.py": {"np.copy"},
    "analysis/stores.py": {"np.array"},
    "backend/printer_literals.py": {"math.copysign", "math.isnan"},
    "transform/cotangents.py": {
        *("np.asarray", "np.broadcast_to", "np.copy", "np.expand_dims", "np.full_like"),
        *("np.ndarray.astype", "np.ones_like", "np.real", "np.reshape", "np.shape", "np.size"),
        *("np.sum", "np.zeros_like"),
    },
    "blocks.py": {"np.array", "np.asarray", "np.cumsum", "np.reshape", "np.shape", "np.size"},
    "matrices.py": {
        *("np.eye", "np.moveaxis", "np.reshape", "np.result_type", "np.shape", "np.size"),
    },
    "operators.py": {"np.sum"},
    "seeds.py": {"np.shape"},
    "transform/batching.py": {
        *("np.broadcast_to", "np.concatenate", "np.expand_dims", "np.shape", "np.stack"),
        *("np.zeros", "np.zeros_like"),
    },
    "transform/shadows.py": {"np.arange", "np.reshape", "np.zeros", "np.zeros_like"},
    "transform/stores.py": {"np.expand_dims"},
    "transform/tangents.py": {"np.zeros_like"},
    "transform/transposition.py": {"np.stack"},
    "trees.py": {
        *("np.asarray", "np.concatenate", "np.empty", "np.iscomplexobj", "np.result_type"),
        "np.vdot",
    },
}
"""The primitives that a file outside of the rules may name: what copies and writes into memory,
and what gives adjoints their shape."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


FILES = sorted(p.relative_to(HOUSE) for p in HOUSE.rglob("*.py"))


def room(file: Path) -> str:
    return file.parts[0] if len(file.parts) > 1 else file.stem


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """What a file imports of this package, however deep, each as a dotted name with its line."""
    for node in ast.walk(tree(HOUSE / file)):
        if isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield from ((f"{node.module}.{a.name}", node.lineno) for a in node.names)


def own_imports(file: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports(file):
        first, _, rest = name.partition(".")
        if first == "srcgrad" and rest:
            yield rest, line


def allows(allowed: set[str], name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:n]) in allowed for n in range(1, len(parts) + 1))


@pytest.mark.parametrize("file", [f for f in FILES if room(f) in BELOW], ids=str)
def test_imports_go_down(file: Path) -> None:
    own = room(file)
    wrong = [
        f"{file}:{line} imports {name}"
        for name, line in own_imports(file)
        if not allows(BELOW[own] | {own}, name)
    ]
    assert not wrong


def test_nothing_imports_what_stands_on_top() -> None:
    top = {room(f) for f in FILES} - BELOW.keys()
    assert top <= {"cli", "__main__"}
    for file in FILES:
        if room(file) not in top | {"api"}:
            assert not [n for n, _ in own_imports(file) if room(Path(*n.split("."))) in top]


def test_rules_know_nothing_of_the_engine() -> None:
    for file in FILES:
        if room(file) == "rules":
            assert not [n for n, _ in imports(file) if n.split(".")[0] in ("gast", "astunparse")]


HEAVY = {"gast", "astunparse"}


def test_syntax_trees_stay_at_both_ends() -> None:
    """Only the frontend and the backend know gast; what stands between speaks IR."""
    for file in FILES:
        if any(name.split(".")[0] in HEAVY for name, _ in imports(file)):
            assert room(file) in ("frontend", "backend"), file


# only rules name primitives -----------------------------------------------------------------------

MODULES = {"np": np, "numpy": np, "math": math}


def named_primitives(file: Path) -> set[str]:
    """The functions of NumPy and of math with a rule that a file names, such as "np.sum"."""
    return {
        text
        for node in ast.walk(tree(HOUSE / file))
        if isinstance(node, ast.Attribute)
        and (text := ast.unparse(node)).split(".")[0] in MODULES
        and is_primitive(text)
    }


def is_primitive(text: str) -> bool:
    first, *rest = text.split(".")
    value: Any = MODULES[first]
    for part in rest:
        value = getattr(value, part, None)
    return lookup(value) is not None


MAY_NAME = {
    "rules",
    "runtime",
    "special",
    "checking",
    "comparing",
    "differences",
    "plotting",
}
MAY_NAME |= {"cli", "debug", "prelude"}


@pytest.mark.parametrize("file", [f for f in FILES if room(f) not in MAY_NAME], ids=str)
def test_only_rules_name_primitives(file: Path) -> None:
    assert named_primitives(file) <= ALLOWED.get(str(file), set())


# the size of things -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=str)
def test_files_are_short(file: Path) -> None:
    assert len((HOUSE / file).read_text().splitlines()) <= LIMIT


@pytest.mark.parametrize("file", FILES, ids=str)
def test_files_say_what_they_are(file: Path) -> None:
    assert ast.get_docstring(tree(HOUSE / file))
