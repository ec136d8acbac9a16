"""Random blocks, helpers and whole programs."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from memory.random_expressions import basic, number, operand, stored, test, weights
from memory.random_state import PARAMETERS, Helper, Node, Program, State, arguments
from memory.random_statements import (
    accumulate,
    alias,
    by_function,
    keep,
    make,
    pack,
    rebind,
    replace_item,
    several_targets,
    store,
    swap_elements,
    swap_names,
    update,
    view,
)

Maker = Callable[[State], None]

SHARES: dict[Maker, int] = {
    store: 10,
    update: 6,
    view: 6,
    make: 4,
    by_function: 4,
    alias: 3,
    accumulate: 2,
    swap_elements: 2,
    several_targets: 2,
    rebind: 2,
    pack: 1,
    replace_item: 1,
    keep: 1,
    swap_names: 1,
}
"""What statements are made, and how often."""


def statement(state: State) -> None:
    shares = dict(SHARES)
    if state.depth:  # names end with their block
        shares |= {store: 20, update: 9, make: 1, pack: 0, swap_names: 3}
    if state.depth < 2:
        shares |= {count_loop: 4, branch: 3}
        if state.depth == 0:
            shares |= {row_loop: 1, while_loop: 1, buffers: 1}
    if state.helpers:
        shares[call] = 4
    if state.loops:
        shares[leave] = 1
    (maker,) = state.rng.choices(list(shares), list(shares.values()))
    maker(state)


def filled(state: State, count: int) -> list[Node]:
    """The statements of a block."""
    for _ in range(count):
        statement(state)
    return state.nodes


RANGES = [
    ("range(2)", 2),
    *[("range(3)", 3)] * 5,
    ("range(2, -1, -1)", 3),
    ("range(0, 3, 2)", 3),
    ("range(0)", 1),
]
"""What loops count over, and what their variables stay below."""


# blocks -------------------------------------------------------------------------------------------


def branch(state: State) -> None:
    condition = test(state)
    one = filled(state.inner(), state.rng.randint(1, 2))
    other = filled(state.inner(), 1) if state.chance(0.5) else []
    state.write(f"if {condition}:", one, other)


def count_loop(state: State) -> None:
    name = state.fresh("i")
    text, bound = state.choose(RANGES)
    inner = state.inner(loops=1)
    inner.bounds[name] = bound
    state.write(f"for {name} in {text}:", filled(inner, state.rng.randint(1, 3)))


def while_loop(state: State) -> None:
    name = state.fresh("n")
    inner = state.inner()
    inner.bounds[name] = 3
    state.write(f"{name} = 0")
    body = filled(inner, state.rng.randint(1, 2))
    condition = f"{name} < 3 and {test(state)}" if state.chance(0.3) else f"{name} < 3"
    state.write(f"while {condition}:", [*body, Node(f"{name} += 1")])


def row_loop(state: State) -> None:
    """A loop over the rows of a matrix, which are views."""
    if not any(len(shape) == 2 for shape in state.arrays.values()):
        return store(state)
    text, (rows, columns) = state.array(2)
    inner = state.inner(loops=1)
    name = state.fresh("r")
    inner.arrays[name] = (columns,)
    head = f"for {name} in {text}:"
    if state.chance(0.4):
        index = state.fresh("i")
        inner.bounds[index] = rows
        head = f"for {index}, {name} in enumerate({text}):"
    body = filled(inner, 1)
    state.write(head, [Node(f"{name} *= 0.9 + 0.2 * {number(inner)}"), *body])


def buffers(state: State) -> None:
    """Arrays that change their places at the end of each pass."""
    shape = state.choose([(4,), (3,), (3, 4)])
    names = [state.fresh("u") for _ in range(state.choose([2, 2, 3]))]
    for name in names:
        value = state.choose([f"{operand(state, shape)}.copy()", f"np.zeros({shape})"])
        state.write(f"{name} = {value}")
        state.arrays[name] = shape
    index = state.fresh("i")
    inner = state.inner(loops=1)
    inner.bounds[index] = state.rng.randint(1, 4)
    target, into = basic(inner, shape)
    inner.write(f"{names[-1]}[{target}] = {stored(inner, into)}")
    filled(inner, state.rng.randint(0, 2))
    inner.write(f"{', '.join(names)} = {', '.join([*names[1:], names[0]])}")
    state.write(f"for {index} in range({inner.bounds[index]}):", inner.nodes)


def leave(state: State) -> None:
    if state.bounds and state.chance(0.3):
        word = state.choose(["break", "continue"])
        state.write(f"if {test(state)}:", [Node(word)])
    else:
        store(state)


# functions ----------------------------------------------------------------------------------------


def call(state: State) -> None:
    """A helper changes arrays and views; its result gets a name, if it has one."""
    helper = state.choose(state.helpers)
    given = [operand(state, shape) for shape in helper.shapes]
    text = f"{helper.name}({', '.join(given)}, {number(state, 0)})"
    if helper.result is None:
        state.write(text)
    else:
        name = state.fresh("f")
        state.write(f"{name} = {text}")
        state.arrays[name] = helper.result


def helper_function(rng: Random, number_of: int) -> tuple[Helper, Node]:
    """A function that changes its parameters."""
    shapes = [rng.choice([(4,), (4,), (3,), (3, 4)]) for _ in range(rng.randint(1, 2))]
    names = ["y", "z"][: len(shapes)]
    state = State(rng, dict(zip(names, shapes, strict=True)), numbers=("c",), depth=1)
    body = filled(state, rng.randint(1, 3))
    result = None
    if rng.random() < 0.4:
        text, result = state.array()
        body.append(Node(f"return {text}"))
    name = f"change{number_of}"
    return Helper(name, tuple(shapes), result), Node(f"def {name}({', '.join(names)}, c):", body)


def program(rng: Random) -> Program:
    """A whole program."""
    made = [helper_function(rng, n) for n in range(rng.choice([0, 1, 1, 2]))]
    arrays = {name: shape for name, shape in PARAMETERS.items() if shape}
    state = State(rng, arrays, tuple(helper for helper, _ in made))
    make(state)
    least = rng.randint(6, 24)
    while state.count < least:
        statement(state)
    read_all(state)
    main = Node(f"def main({', '.join(PARAMETERS)}):", [Node("s = 0.0"), *state.nodes])
    return Program([*(function for _, function in made), main], arguments(rng))


def read_all(state: State) -> None:
    """Read most of the arrays, and all that was kept, into the result."""
    names = list(state.arrays)
    state.rng.shuffle(names)
    for text in sorted({*names[:4], *(name for name in PARAMETERS if name in names)}):
        weight = weights(state.arrays[text])
        state.write(f"s += np.sum(np.sin({text}) * {weight})")
    for text in state.kept:
        state.write(f"for e in {text}:", [Node("s += np.sum(np.sin(e))")])
    state.write("return s")
