"""Random programs: a module of plain functions with sample arguments, for Hypothesis."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from fuzz.expressions import expression, value
from fuzz.state import Helper, Kind, Pack, Pick, Record, Shape, State
from fuzz.statements import SHAPES, block

SWITCHES = frozenset(
    {
        "after_loop",
        "augmented_arrays",
        "closures",
        "defaults",
        "early_return",
        "float32",
        "helpers",
        "higher_order",
        "listed",
        "loop_else",
        "masks",
        "numpy_scalars",
        "std",  # where all elements are equal, rounding decides
    }
)
"""Parts of the language that `generate` can leave out, to look for what lies behind them."""

HEADER = """\
import math

import numpy as np


def apply(f, t):
    return f(t) * 0.5 + t


def repeat(f, t, n):
    for _ in range(n):
        t = 0.5 * f(t)
    return t
"""


@dataclass(frozen=True)
class Program:
    """The text of a module that defines `main` and ARGS, and what to differentiate by."""

    text: str
    argnums: int | tuple[int, ...]


@st.composite
def programs(draw: Callable[..., int], off: frozenset[str] = frozenset()) -> Program:
    """Programs without the parts of the language that are switched off."""
    return generate(lambda low, high: draw(st.integers(low, high)), off)


def generate(pick: Pick, off: frozenset[str] = frozenset()) -> Program:
    """One program; `pick` makes every choice."""
    helpers: tuple[Helper, ...] = ()
    text = HEADER
    for number in range(pick(0, 2) if "helpers" not in off else 0):
        helper, lines = helper_function(State(pick, off, helpers=helpers), number)
        helpers = (*helpers, helper)
        text += "\n\n" + "\n".join(lines) + "\n"
    state = State(pick, off, helpers=helpers)
    names, samples, smooth = parameters(state)
    state.write(f"def main({', '.join(names)}):".strip())
    state.lines[0] = state.lines[0].strip()
    block(state, pick(1, 6))
    state.write(f"return {outcome(state)}")
    text += "\n\n" + "\n".join(state.lines) + "\n"
    text += "\n\nARGS = (\n" + "".join(f"    {sample},\n" for sample in samples) + ")\n"
    return Program(text, chosen_argnums(state, smooth))


def chosen_argnums(state: State, smooth: list[int]) -> int | tuple[int, ...]:
    if state.chance(2):
        return tuple(smooth)
    chosen = tuple(k for k in smooth if not state.chance(2)) or tuple(smooth[:1])
    return chosen[0] if len(chosen) == 1 and state.chance(2) else chosen


# parameters ---------------------------------------------------------------------------------------


def parameters(state: State) -> tuple[list[str], list[str], list[int]]:
    """Names, sample arguments as text, and the positions of those that have a gradient."""
    names, samples, smooth = [], [], []
    for position in range(state.pick(1, 4)):
        name = ("x", "t", "n", "l")[position]
        kind = parameter_kind(state)
        state.used.add(name)
        if kind == "int":
            state.ints, sample = (*state.ints, name), str(state.pick(0, 4))
        elif kind == "bool":
            state.bools, sample = (*state.bools, name), state.choose(("True", "False"))
        else:
            state.scope[name], sample = kind, Samples(state, position).text(kind)
            smooth.append(position)
        names.append(name)
        samples.append(sample)
    if not smooth:
        state.scope["x"], samples[0], smooth = (), "0.7", [0]
        state.ints = tuple(n for n in state.ints if n != "x")
        state.bools = tuple(n for n in state.bools if n != "x")
    return names, samples, smooth


def parameter_kind(state: State) -> Kind | str:
    form = state.pick(0, 9)
    if form < 3:
        return ()
    if form < 7:
        return state.choose(SHAPES)
    if form == 7:
        return state.choose(("int", "bool"))
    return container_kind(state)


def container_kind(state: State) -> Kind:
    part = state.choose(SHAPES)
    other = state.choose(SHAPES)
    options: tuple[Kind, ...] = (
        Pack((part, other)),
        Pack((part,) * 3, listed=True),
        Record((("w", part), ("b", other))),
        Record((("w", part), ("b", part))),
        Pack((Pack((part, other)),) * 2, listed=True),
        Pack((part, Record((("w", other),)))),
    )
    return state.choose(options)


class Samples:
    """Sample arguments as text: numbers that are all different."""

    def __init__(self, state: State, position: int) -> None:
        self.state = state
        self.count = 7 * position

    def number(self) -> float:
        self.count += 1
        return round(1.2 * math.sin(1.7 * self.count - 0.9) + 0.05, 2)

    def text(self, kind: Kind) -> str:
        if isinstance(kind, Pack):
            parts = ", ".join(self.text(part) for part in kind.parts)
            return f"[{parts}]" if kind.listed else f"({parts},)"
        if isinstance(kind, Record):
            return "{" + ", ".join(f'"{key}": {self.text(part)}' for key, part in kind.fields) + "}"
        return self.array(kind) if kind else self.scalar()

    def scalar(self) -> str:
        forms = ["{0}", "{0}", "2"]
        forms += ["np.float64({0})", "np.float32({0})"] if self.state.on("numpy_scalars") else []
        return self.state.choose(forms).format(self.number())

    def array(self, shape: Shape) -> str:
        text = f"np.array({self.nested(shape)})"
        narrow = self.state.on("float32") and self.state.chance(10)
        return f"{text[:-1]}, dtype=np.float32)" if narrow else text

    def nested(self, shape: Shape) -> str:
        if not shape:
            return str(self.number())
        return f"[{', '.join(self.nested(shape[1:]) for _ in range(shape[0]))}]"


# results ------------------------------------------------------------------------------------------


def outcome(state: State) -> str:
    """A number made of an expression and of what was assigned last."""
    parts = [expression(state, (), 2)]
    for text, shape in state.readable()[: state.pick(0, 3)]:
        parts.append(f"np.sum(np.sin({text}))" if shape else text)
    total = " + ".join(parts)
    if state.chance(8):
        return f"np.reshape({total}, {state.choose(('(1,)', '(1, 1)'))})"
    return total


def helper_function(state: State, number: int) -> tuple[Helper, list[str]]:
    """A function at module level: for values of any shape, or of fixed kinds."""
    state.uniform = state.chance(2)
    params: list[tuple[str, Kind]] = []
    for name in ("p", "q")[: state.pick(1, 2)]:
        kind: Kind = () if state.uniform else state.choose(SHAPES)
        params.append((name, kind))
    state.used.update(name for name, _ in params)
    state.scope.update(params)
    state.result = () if state.uniform else state.choose((*SHAPES, Pack(((), (3,)))))
    defaults = 1 if state.on("defaults") and params[-1][1] == () and len(params) > 1 else 0
    shown = [name for name, _ in params]
    shown[-1] += "=0.7" if defaults else ""
    state.lines.append(f"def helper{number}({', '.join(shown)}):")
    block(state, state.pick(1, 3))
    state.write(f"return {value(state, state.result)}")
    any_shape = state.uniform
    kinds = tuple(
        (name, "same" if any_shape and k == 0 else kind) for k, (name, kind) in enumerate(params)
    )
    result = "same" if any_shape else state.result
    return Helper(f"helper{number}", kinds, defaults, result), state.lines  # type: ignore[arg-type]
