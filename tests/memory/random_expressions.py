"""Random expressions of known shapes, with values of moderate size."""

from __future__ import annotations

from collections.abc import Iterator

from memory.random_state import Shape, State

# indices ------------------------------------------------------------------------------------------


def position(state: State, size: int) -> str:
    """An index of one element: a number, a loop's variable, or a number computed from one."""
    options = [str(state.rng.randrange(size)), str(-1 - state.rng.randrange(size))]
    for name, bound in state.bounds.items():
        if bound <= size:
            options += [name, name, f"{name} - 1", f"-1 - {name}"]
        if bound < size:
            options += [f"{name} + 1"] * 2
        options += [f"({name} + 1) % {size}"]
    return state.choose(options)


def slices(state: State, size: int) -> Iterator[tuple[str, int]]:
    """Slices of a dimension, with their lengths."""
    yield ":", size
    yield "::-1", size
    yield "::2", (size + 1) // 2
    if size > 1:
        yield "1:", size - 1
        yield ":-1", size - 1
        yield "-2:", 2
        yield ":2", 2
        yield "1::2", size // 2
    if size > 2:
        yield "1:-1", size - 2
        yield "-2::-1", size - 1
    for name, bound in state.bounds.items():
        if bound + 1 <= size:
            yield f"{name}:{name} + 2", 2


def basic(state: State, shape: Shape) -> tuple[str, Shape]:
    """An index that makes a view (or reads an element), and the shape of what it selects."""
    if len(shape) == 1:
        if state.chance(0.35):
            return position(state, shape[0]), ()
        text, length = state.choose(list(slices(state, shape[0])))
        return text, (length,)
    rows, columns = shape
    form = state.rng.randrange(6)
    if form == 0:
        return f"{position(state, rows)}, {position(state, columns)}", ()
    if form in (1, 2):
        return position(state, rows), (columns,)
    if form == 3:
        return f":, {position(state, columns)}", (rows,)
    first, height = state.choose(list(slices(state, rows)))
    if form == 4:
        return f"{first}, {position(state, columns)}", (height,)
    second, width = state.choose(list(slices(state, columns)))
    return f"{first}, {second}", (height, width)


def advanced(state: State, text: str, shape: Shape) -> tuple[str, Shape | None]:
    """An index by lists or a mask; its shape, or None where only a run knows it."""
    size, rest = shape[0], shape[1:]
    if state.chance(0.25):
        return f"{text} > {state.rng.uniform(-0.6, 0.6):.2f}", None
    picked = [state.rng.randrange(-size, size) for _ in range(state.rng.randint(1, 3))]
    if rest and state.chance(0.4):
        other = [state.rng.randrange(rest[0]) for _ in picked]
        return f"{picked}, {other}", (len(picked),)
    if rest and state.chance(0.3):
        other = [state.rng.randrange(rest[0]) for _ in range(2)]
        return f":, {other}", (size, 2)
    return str(picked), (len(picked), *rest)


# values -------------------------------------------------------------------------------------------


def weights(shape: Shape) -> str:
    """Constants of a shape."""
    if len(shape) == 1:
        return f"W[:{shape[0]}]"
    return f"M[:{shape[0]}, :{shape[1]}]"


def element(state: State) -> str:
    text, shape = state.array()
    return f"{text}[{', '.join(position(state, size) for size in shape)}]"


def number(state: State, depth: int = 1) -> str:
    """A number between -2 and 2 or so."""
    form = state.rng.randrange(8)
    if form < 3:
        return element(state)
    if form == 3:
        return state.choose(state.numbers) if depth else f"{state.rng.uniform(-1, 1):.2f}"
    if form == 4 and state.bounds:
        return f"0.3 * {state.choose(list(state.bounds))}"
    if form == 5 and depth:
        text, shape = state.array()
        return f"np.sin(np.sum({text} * {weights(shape)}))"
    if depth == 0:
        return "c"
    one, two = number(state, depth - 1), number(state, depth - 1)
    return state.choose(
        [f"0.5 * {one} * {two}", f"np.sin({one} + {two})", f"np.cos({one})", f"(c + 0.3 * {one})"]
    )


def operand(state: State, shape: Shape) -> str:
    """An array of a shape that is there already, or a part of one that is."""
    found = state.of_shape(shape) * 2 + list(parts(state, shape))
    return state.choose(found) if found else f"({number(state, 0)} * {weights(shape)})"


def parts(state: State, shape: Shape) -> Iterator[str]:
    """Views of a shape into larger arrays."""
    for text, larger in state.arrays.items():
        if larger == shape[::-1] and len(shape) == 2:
            yield f"{text}.T"
        if len(larger) == 2 and shape == larger[1:]:
            yield f"{text}[{position(state, larger[0])}]"
        if len(larger) == 2 and shape == larger[:1]:
            yield f"{text}[:, {position(state, larger[1])}]"
        if len(larger) == len(shape) and larger[1:] == shape[1:]:
            for index, length in slices(state, larger[0]):
                if length == shape[0] and index != ":":
                    yield f"{text}[{index}]"


def vector(state: State, shape: Shape, depth: int = 1) -> str:
    """An array of a shape, with elements of moderate size."""
    if shape == ():
        return number(state, depth)
    one = operand(state, shape)
    if depth == 0:
        return one
    two = vector(state, shape, depth - 1)
    last = operand(state, shape[-1:])
    return state.choose(
        [
            *(one, f"np.sin({one})", f"0.5 * {one} * {two}", f"({one} - 0.4 * {two})"),
            *(f"{number(state, 0)} * np.cos({one})", f"np.sin({two} + {last})"),
            *(f"np.tanh({one} * {last})", f"({one} + {number(state, 0)}) / 2.0"),
        ]
    )


def stored(state: State, shape: Shape | None) -> str:
    """What can be stored where a shape is: of that shape, or broadcast to it."""
    if shape is None or state.chance(0.15):
        return number(state)
    if len(shape) == 2 and state.chance(0.25):
        return state.choose([vector(state, shape[1:]), f"({vector(state, shape[:1])})[:, None]"])
    return vector(state, shape)


def test(state: State) -> str:
    """A condition on data or on a loop's variable."""
    if state.bounds and state.chance(0.4):
        name = state.choose(list(state.bounds))
        return state.choose([f"{name} == 1", f"{name} % 2 == 0", f"{name} > 0"])
    one = number(state)
    return state.choose(
        [f"{one} > {state.rng.uniform(-0.5, 0.5):.2f}", f"{one} < {element(state)}", "c > 0.6"]
    )
