"""Stores of every form in every context, as programs made from text.

A program makes a local array `y` from its arguments, changes it, and returns a number made from
what it holds then.  Values are of two kinds: "linear" ones, for which the reverse sweep needs
nothing of what is overwritten, and "needed" ones, which read it and use it nonlinearly.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template
from typing import Any

import numpy as np

from memory.check import load
from memory.function_forms import FORMS
from memory.store_forms import Form

HEADER = """\
import numpy as np

W = np.array([0.9, -0.6, 1.3, 0.4, -1.1, 0.7])
M = np.array([[0.8, -0.3, 0.5], [0.2, 0.9, -0.6], [-0.4, 0.1, 0.7]])
C = np.cos(np.arange(24.0)).reshape(4, 3, 2)
MASK = np.array([True, False, False, True, True, False])
REPEATED = np.array([4, 0, 4])
"""

LINEAR = {
    "s": "(0.7 * x[1] - 0.2 * c)",
    "t": "(c + x[2])",
    "f": "1.1",
    "f3": "W[2:5]",
    "p": "1.3",
    "m22": "(c * M[:2, :2])",
    "m23": "(c * M[:2])",
    "m33": "(c * M)",
    "v9": "(c * M.ravel())",
    **{f"v{n}": f"(0.5 * x[:{n}] + c)" for n in (2, 3, 5)},
    "v6": "(0.5 * x + c)",
}

NEEDED = {
    "s": "(c * np.sin($old) + x[1])",
    "t": "(x[2] * np.cos($old) + c)",
    "f": "(1.1 + 0.2 * c * np.sin($old))",
    "f3": "(1.1 + 0.2 * x[:3] * np.sin($old))",
    "p": "(1.2 + 0.1 * np.sin($old))",
    "m22": "(np.sin($old) * M[:2, :2] + x[1] * c)",
    "m23": "(np.sin($old) * M[:2] + x[1] * c)",
    "m33": "(np.sin($old) * M + np.outer(x[:3], x[3:]))",
    "v9": "(np.sin($old) * M.ravel() + x[1] * c)",
    **{f"v{n}": f"(x[:{n}] * np.cos($old) + c)" for n in (2, 3, 5)},
    "v6": "(x * np.cos($old) + c)",
}

VALUES = {"linear": LINEAR, "needed": NEEDED}

CONTEXTS = (
    "straight",
    "one_side",
    "two_sides",
    "loop",
    "loop_index",
    "nested_loop",
    "while_loop",
    "callee",
    "callee_twice",
)

POSITIVE = (np.array([0.7, -0.42, 1.1, 0.31, -0.9, 0.53]), 0.8)
NEGATIVE = (np.array([-0.6, 0.84, 0.27, -1.2, 0.66, 1.3]), 0.45)


@dataclass(frozen=True)
class Case:
    """A form of store in a context, with values of one kind."""

    form: Form
    context: str
    values: str

    @property
    def name(self) -> str:
        return f"{self.form.name}-{self.context}-{self.values}"

    @property
    def title(self) -> str:
        """What the module of the program is called."""
        return f"memory {self.name}"

    @property
    def may_refuse(self) -> bool:
        return bool(self.form.refusable & {"all", self.context})

    @property
    def calls(self) -> list[tuple[Any, ...]]:
        """Arguments: two sets where there is a branch, so that both sides are taken."""
        return [POSITIVE, NEGATIVE] if self.context.endswith(("side", "sides")) else [POSITIVE]

    @property
    def text(self) -> str:
        return "\n\n".join(part for part in (HEADER, *parts(self)) if part)

    def function(self) -> Any:
        return load(self.text, self.title)["program"]


def filled(text: str, form: Form, values: str) -> str:
    """A store with values of one kind."""
    named = {
        name: Template(value).substitute(old=form.old) for name, value in VALUES[values].items()
    }
    return Template(text).substitute(named, old=form.old)


def parts(case: Case) -> tuple[str, str]:
    """The callee, if there is one, and the program."""
    form = case.form
    store = filled(form.store, form, case.values)
    body = lines_of(case, store)
    lines = ["", f"y = {form.y}", *(f"{name} = {value}" for name, value in INDICES.items())]
    lines += [line for line in form.setup.split("; ") if line]
    lines += ["s = 0.0", *body, *reads(form, case.values), "return s"]
    program = "\ndef program(x, c):" + "\n    ".join(lines) + "\n"
    if not case.context.startswith("callee"):
        return "", program
    return f"\ndef change({', '.join(used(form, store))}):\n    {store}\n", program


INDICES = {"i": "1", "j": "2", "k": "1"}


def used(form: Form, store: str) -> list[str]:
    """The names of the program that a store reads, in the order they are made in."""
    setup = [n.id for n in ast.walk(ast.parse(form.setup)) if isinstance(n, ast.Name)]
    words = {n.id for n in ast.walk(ast.parse(store)) if isinstance(n, ast.Name)}
    names = dict.fromkeys(("y", *setup, "x", "c", *INDICES))
    return [name for name in names if name in words and name != "np"]


def reads(form: Form, values: str) -> list[str]:
    """Add what is stored in all the results to `s`."""
    found: list[str] = []
    for text, weight in form.results:
        if weight == "each":
            add = "e * np.sin(e)" if values == "needed" else "0.3 * e"
            found += [f"for e in {text}:", f"    s += {add}"]
            continue
        value = f"np.sin({text}) * {text}" if values == "needed" else text
        product = f"{weight} * {value}"
        found.append(f"s += {product if weight[-1].isdigit() else f'np.sum({product})'}")
    return found


# contexts -----------------------------------------------------------------------------------------


def lines_of(case: Case, store: str) -> list[str]:
    """The statements of a context around a store."""
    form, before = case.form, []
    if case.values == "needed":
        before = reads(form, case.values)
    body = [*before, store]
    match case.context:
        case "straight":
            return body
        case "one_side":
            return ["if x[0] > 0:", *indented(body)]
        case "two_sides":
            other = "linear" if case.values == "needed" else "needed"
            return [
                *("if x[0] > 0:", *indented(body)),
                *("else:", *indented([filled(form.store, form, other)])),
            ]
        case "loop":
            return ["for n in range(3):", *indented(body)]
        case "loop_index":
            return ["for i in range(3):", *indented(body)]
        case "nested_loop":
            return ["for i in range(2):", "    for j in range(3):", *indented(indented(body))]
        case "while_loop":
            return ["n = 0", "while n < 3:", *indented(body), "    n += 1"]
    call = f"change({', '.join(used(form, store))})"
    return [*before, call] * (2 if case.context == "callee_twice" else 1)


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def cases() -> Iterator[Case]:
    for form in FORMS:
        index = re.search(r"\bi\b", form.store) is not None
        for context in CONTEXTS:
            if context == "loop_index" and not index:
                continue
            for values in VALUES:
                yield Case(form, context, values)


CASES = list(cases())
