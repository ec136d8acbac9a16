"""Random statements that make, name, change and pass arrays."""

from __future__ import annotations

from memory.random_expressions import (
    advanced,
    basic,
    element,
    number,
    operand,
    position,
    slices,
    stored,
    test,
    vector,
    weights,
)
from memory.random_state import Shape, State

SHAPES: tuple[Shape, ...] = ((4,), (4,), (3,), (2,), (3, 4), (3, 4), (2, 3))

# names --------------------------------------------------------------------------------------------


def make(state: State) -> None:
    """A new array."""
    shape = state.choose(SHAPES)
    name = state.fresh("a")
    form = state.rng.randrange(5)
    if form == 0:
        state.write(f"{name} = np.zeros({shape})")
    elif form == 1:
        state.write(f"{name} = np.empty({shape})")
        state.write(f"{name}[...] = {stored(state, shape)}")
    elif form == 2:
        state.write(f"{name} = np.sin({vector(state, shape)})")
    else:
        one = operand(state, shape)
        state.write(
            f"{name} = {state.choose([f'{one}.copy()', f'np.array({one})', f'1.0 * {one}'])}"
        )
    state.arrays[name] = shape


def alias(state: State) -> None:
    text, shape = state.array()
    name = state.fresh("b")
    state.write(f"{name} = {text}")
    state.arrays[name] = shape
    change_soon(state, name)


def change_soon(state: State, name: str) -> None:
    """A new name is of most interest where something is stored under it."""
    if state.chance(0.5):
        index, into = basic(state, state.arrays[name])
        write_update(state, f"{name}[{index}]", into)


def view(state: State) -> None:
    """A name for a part of an array."""
    text, shape = state.array()
    name = state.fresh("v")
    form = state.rng.randrange(8)
    size = shape[0] * (shape[1] if len(shape) == 2 else 1)
    if form == 0:
        found, into = f"{text}.T", shape[::-1]
    elif form == 1:
        found, into = f"{text}.{state.choose(['ravel()', 'reshape(-1)'])}", (size,)
    elif form == 2 and size % 2 == 0:
        into = (2, size // 2)
        found = f"{text}.reshape{into}"
    else:
        index, into = basic(state, shape)
        if not into:
            index, into = slice_of(state, shape)
        found = f"{text}[{index}]"
    state.write(f"{name} = {found}")
    state.arrays[name] = into
    change_soon(state, name)


def slice_of(state: State, shape: Shape) -> tuple[str, Shape]:
    index, length = state.choose(list(slices(state, shape[0])))
    return index, (length, *shape[1:])


def rebind(state: State) -> None:
    """A name gets another array of the same shape; in blocks seldom the storage of another."""
    names = [n for n in state.arrays if n.isidentifier()]
    name = state.choose(names)
    shape = state.arrays[name]
    others = state.of_shape(shape)
    if (state.depth == 0 or state.chance(0.15)) and len(others) > 1 and state.chance(0.5):
        if state.chance(0.1):
            state.write(f"{name} = {state.choose(others)} if {test(state)} else {name}")
        else:
            state.write(f"{name} = {state.choose(others)}")
    else:
        state.write(f"{name} = np.sin({vector(state, shape)})")


def swap_names(state: State) -> None:
    shapes = [s for s in set(state.arrays.values()) if len(state.names(s)) > 1]
    if not shapes:
        return store(state)
    names = state.names(state.choose(sorted(shapes)))
    state.rng.shuffle(names)
    if len(names) > 2 and state.chance(0.3):
        a, b, c = names[:3]
        state.write(f"{a}, {b}, {c} = {b}, {c}, {a}")
    else:
        state.write(f"{names[0]}, {names[1]} = {names[1]}, {names[0]}")


# stores -------------------------------------------------------------------------------------------


def store(state: State) -> None:
    text, shape = state.array()
    if state.chance(0.2):
        index, into = advanced(state, text, shape)
    else:
        index, into = basic(state, shape)
    write_update(state, f"{text}[{index}]", into)


def update(state: State) -> None:
    """A whole array in place."""
    text, shape = state.array()
    if state.chance(0.4):
        text += "[...]" if state.chance(0.5) else "[:]"
    elif "[" in text or state.chance(0.1):
        return store(state)
    write_update(state, text, shape)


def write_update(state: State, target: str, shape: Shape | None) -> None:
    value = stored(state, shape)
    forms = ["{0} += {1}", "{0} -= {1}", "{0} *= 0.8 + 0.3 * {1}", "{0} /= 1.5 + np.sin({1})"]
    plain = [] if target.isidentifier() else ["{0} = {1}"] * 4
    state.write(state.choose(forms + plain).format(target, value))


def swap_elements(state: State) -> None:
    text, shape = state.array()
    if len(shape) == 2 and state.chance(0.5):
        rows = [state.rng.randrange(shape[0]) for _ in range(2)]
        state.write(f"{text}[{rows}] = {text}[{rows[::-1]}]")
        return
    one = f"{text}[{position(state, shape[0])}]"
    two = f"{text}[{position(state, shape[0])}]"
    copied = ".copy()" if len(shape) == 2 and state.chance(0.7) else ""
    state.write(f"{one}, {two} = {two}{copied}, {one}{copied}")


def several_targets(state: State) -> None:
    first, second = element(state), element(state)
    if state.chance(0.5):
        state.write(f"{first} = {second} = {number(state)}")
    else:
        state.write(f"{first}, {second} = {number(state)}, {number(state)}")


def by_function(state: State) -> None:
    text, shape = state.array()
    value = vector(state, shape)
    picked = [state.rng.randrange(shape[0]) for _ in range(2)]
    into = operand(state, (2, *shape[1:]))
    forms = [
        f"np.multiply({value}, {operand(state, shape)}, out={text})",
        f"np.sin({value}, out={text})",
        f"np.add({operand(state, shape)}, {value}, out={text})",
        f"np.add.at({text}, {picked}, {into})",
        f"np.subtract.at({text}, {picked}, {number(state)})",
        f"np.copyto({text}, {value})",
        f"{text}.fill({number(state)})",
        f"{text}[{position(state, shape[0])}:].fill({number(state)})",
    ]
    state.write(state.choose(forms))


def accumulate(state: State) -> None:
    """Read an array into the result."""
    text, shape = state.array()
    if state.numbers == ("c",):  # in a helper
        return store(state)
    read = state.choose([text, f"np.sin({text})", f"{text} * {text}"])
    state.write(f"s += 0.3 * np.sum({read} * {weights(shape)})")


# containers ---------------------------------------------------------------------------------------


def pack(state: State) -> None:
    """Arrays in a tuple, a list or a dict."""
    held = [state.array() for _ in range(state.rng.randint(2, 3))]
    name = state.fresh("p")
    form = state.choose(["({})", "[{}]", "{{{}}}"])
    keys = [repr(key) for key in "klm"] if "{{" in form else ["0", "1", "2"]
    pairs = list(zip(keys, held, strict=False))
    texts = [f"{key}: {text}" if "{{" in form else text for key, (text, _) in pairs]
    state.write(f"{name} = {form.format(', '.join(texts))}")
    for key, (_, shape) in pairs:
        state.arrays[f"{name}[{key}]"] = shape


def replace_item(state: State) -> None:
    """An element of a list or dict gets another array."""
    items = [text for text in state.arrays if text.startswith("p") and is_changeable(state, text)]
    if not items:
        return pack(state)
    item = state.choose(items)
    shape = state.arrays[item]
    value = state.choose([f"np.sin({operand(state, shape)})", operand(state, shape)])
    state.write(f"{item} = {value}")


def is_changeable(state: State, item: str) -> bool:
    """Whether an item is that of a list or a dict of this block, not of a tuple."""
    name = item.split("[")[0]
    return any(n.head.startswith((f"{name} = [", f"{name} = {{")) for n in state.nodes)


def keep(state: State) -> None:
    """Append to a list that grows."""
    if not state.kept:
        name = state.fresh("h")
        state.write(f"{name} = []")
        state.kept[name] = state.choose([(), (), (4,)])
    name = state.choose(list(state.kept))
    shape = state.kept[name]
    value = f"{operand(state, shape)}.copy()" if shape else number(state)
    state.write(f"{name}.append({value})")
