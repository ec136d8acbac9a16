"""Random statements and blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.expressions import CONSTANTS, expression, scalar_leaf, simple, test, value
from fuzz.state import Kind, Pack, Record, Shape, State

SHAPES: tuple[Shape, ...] = ((), (3,), (2, 3), (2,), (3, 3), (1,), (3, 1), (1, 3))
INDICES = ("i", "j", "k", "m")


def block(state: State, count: int) -> None:
    """Some statements, at least one."""
    for _ in range(max(count, 1)):
        statement(state)


def statement(state: State) -> None:
    makers: list[Callable[[State], None]] = [assign, rebind, rebind, augment]
    if not state.uniform:
        makers += [assign, swap, unpack, pair, chained, starred, walrus]
    if state.depth < 3:
        makers += [branch, branch, count_loop]
        if not state.uniform:
            makers += [item_loop, item_loop, while_loop]
    if state.on("closures") and state.depth < 2 and not state.uniform:
        makers += [local_function]
    if state.loops:
        makers += [leave_loop]
    if state.depth and not state.uniform and state.on("early_return"):
        makers += [early_return]
    if state.on("listed") and not state.uniform:
        makers += [list_local]
    state.choose(makers)(state)


def a_shape(state: State) -> Shape:
    return () if state.uniform else state.choose(SHAPES)


# assignments --------------------------------------------------------------------------------------


def assign(state: State) -> None:
    shape = a_shape(state)
    text = expression(state, shape, 3)
    name = state.fresh()
    state.write(f"{name} = {text}")
    state.scope[name] = shape


def assignable(state: State) -> list[str]:
    return [name for name, kind in state.scope.items() if isinstance(kind, tuple)]


def rebind(state: State) -> None:
    """Give a name another value, of another shape only where nothing relies on the old one."""
    names = assignable(state)
    if not names:
        return assign(state)
    name = state.choose(names[::-1])
    shape = state.scope[name]
    assert isinstance(shape, tuple)
    free = state.depth == 0 and not state.closed[0] and not state.uniform
    if free and state.chance(4):
        shape = a_shape(state)
    text = expression(state, shape, 2)
    if state.chance(2):
        text = f"0.5 * {name} + {simple(text)}" if shape == state.scope[name] else text
    state.write(f"{name} = {text}")
    state.scope[name] = shape


def augment(state: State) -> None:
    names = state.names_of(()) if not state.on("augmented_arrays") else assignable(state)
    if not names:
        return assign(state)
    name = state.choose(names[::-1])
    shape = state.scope[name]
    assert isinstance(shape, tuple)
    text = simple(expression(state, state.choose((shape, ())), 2))
    form = state.choose(("+= {0}", "-= {0}", "*= {0}", "/= 1.5 + np.sin({0})"))
    state.write(f"{name} {form.format(text)}")


def swap(state: State) -> None:
    for names in ([n for n in state.scope if state.scope[n] == k] for k in SHAPES):
        if len(names) >= 2 and state.chance(2):
            a, b, c = names[-1], names[-2], names[0]
            three = f"{a}, {b}, {c} = {b}, {c}, {a}"
            state.write(three if len(names) > 2 and state.chance(3) else f"{a}, {b} = {b}, {a}")
            return
    assign(state)


def pair(state: State) -> None:
    """Two at once; the right-hand sides see the old values."""
    shapes = a_shape(state), a_shape(state)
    texts = [expression(state, shape, 1) for shape in shapes]
    names = [state.fresh() for _ in shapes]
    state.write(f"{', '.join(names)} = {', '.join(texts)}")
    state.scope.update(zip(names, shapes, strict=True))


def chained(state: State) -> None:
    shape = a_shape(state)
    text = expression(state, shape, 2)
    names = [state.fresh(), state.fresh()]
    state.write(f"{' = '.join(names)} = {text}")
    state.scope.update(dict.fromkeys(names, shape))


def starred(state: State) -> None:
    size = state.pick(2, 4)
    text = ", ".join(expression(state, (), 1) for _ in range(size))
    first, rest = state.fresh(), state.fresh()
    state.write(f"{first}, *{rest} = {text}")
    state.scope[first] = ()
    state.scope[rest] = Pack(((),) * (size - 1), listed=True)


def walrus(state: State) -> None:
    text = expression(state, (), 2)
    inner, outer = state.fresh(), state.fresh()
    state.write(f"{outer} = ({inner} := {text}) * {simple(scalar_leaf(state))} + {inner}")
    state.scope |= {inner: (), outer: ()}


def unpack(state: State) -> None:
    """Take a container apart; make one if there is none."""
    packs = [n for n, k in state.scope.items() if isinstance(k, Pack) and "[" not in n]
    if not packs or state.chance(2):
        return pack(state)
    name = state.choose(packs)
    kind = state.scope[name]
    assert isinstance(kind, Pack)
    targets = [state.fresh() for _ in kind.parts]
    state.write(f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {name}")
    state.scope.update(zip(targets, kind.parts, strict=True))


def pack(state: State) -> None:
    parts = tuple(a_shape(state) for _ in range(state.pick(1, 3)))
    kind: Kind = Pack(parts)
    if state.chance(3):
        kind = Pack((parts[0], Pack(parts)))
    elif state.chance(3):
        kind = Record(tuple(zip("klm", parts, strict=False)))
    same = state.names_of(kind)
    text = value(state, kind)
    name = state.choose(same) if same and state.chance(2) else state.fresh()
    state.write(f"{name} = {text}")
    state.scope[name] = kind


def list_local(state: State) -> None:
    """A list of numbers or of arrays of one shape."""
    shape = a_shape(state)
    kind = Pack((shape,) * state.pick(1, 3), listed=True)
    text = value(state, kind)
    name = state.fresh()
    state.write(f"{name} = {text}")
    state.scope[name] = kind


# branches -----------------------------------------------------------------------------------------


def branch(state: State) -> None:
    """if, elif, else; a name that every branch makes lives on."""
    arms = state.pick(1, 3)
    ends: list[dict[str, Kind]] = []
    for arm in range(arms):
        last = arm == arms - 1 and arms > 1
        state.write("else:" if last else f"{'if' if arm == 0 else 'elif'} {test(state)}:")
        inner = state.block()
        block(inner, state.pick(1, 2))
        if arms > 1 and state.chance(3):
            meet(inner, ends)
        ends.append(inner.scope)
    if arms > 1:
        keep_common(state, ends)


def meet(state: State, ends: list[dict[str, Kind]]) -> None:
    """Assign in this branch what an earlier one made."""
    made = [(n, k) for end in ends for n, k in end.items() if n not in state.scope]
    for name, kind in made[:1]:
        state.write(f"{name} = {value(state, kind, 1)}")
        state.scope[name] = kind


def keep_common(state: State, ends: list[dict[str, Kind]]) -> None:
    for name, kind in ends[0].items():
        if all(end.get(name) == kind for end in ends):
            state.scope[name] = kind


# loops --------------------------------------------------------------------------------------------


def index_name(state: State) -> str:
    """A name for an integer: new, or that of another loop."""
    free = [n for n in INDICES if n not in state.scope and n not in state.guarded]
    if not free:
        return state.fresh(INDICES)
    return state.choose(free)


def count_loop(state: State) -> None:
    name = index_name(state)
    bounds = ["3", "2", "1, 4", "4, 0, -2", "0, 5, 2", "0", "3, -1, -1", "1"]
    bounds += [f"{n} % 4" for n in state.ints] + [f"{n} % 3, 4" for n in state.ints]
    if not state.uniform:
        bounds += [f"len({text})" for text, _ in state.arrays()[:2]]
    text = f"range({state.choose(bounds)})"
    text = f"reversed({text})" if state.chance(8) else text
    state.write(f"for {name} in {text}:")
    inner = state.block(loops=1)
    inner.ints = add(state.ints, name)
    loop_body(state, inner)


def add(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def loop_body(state: State, inner: State) -> None:
    size = len(state.lines)
    block(inner, state.pick(1, 3))
    words = {line.split()[0] for line in state.lines[size:]}
    if state.on("loop_else") and state.chance(10):
        state.write("else:")
        block(replace(state.block(), loops=state.loops), 1)
    elif state.on("after_loop") and state.chance(4) and not words & {"break", "continue"}:
        keep_assigned(state, inner)


def keep_assigned(state: State, inner: State) -> None:
    """What a loop made is there after it (if it ran; the primal says otherwise by an error)."""
    for name, kind in inner.scope.items():
        state.scope.setdefault(name, kind)


def item_loop(state: State) -> None:
    """A loop over arrays, lists, tuples, zip, enumerate or a dict."""
    targets, text = state.choose(list(iterables(state)))
    inner = state.block(loops=1)
    names: list[str] = []
    for kind in targets:
        name = index_name(state) if kind == "int" else loop_name(state, kind)
        names.append(name)
        if kind == "int":
            inner.ints = add(inner.ints, name)
        elif kind != "key":
            inner.scope[name] = kind
    state.write(f"for {shown(names, text)} in {text}:")
    loop_body(state, inner)


def loop_name(state: State, kind: Kind) -> str:
    same = [n for n in state.names_of(kind) if n not in state.guarded]
    return state.choose(same) if same and state.chance(6) else state.fresh()


def shown(names: list[str], text: str) -> str:
    if text.startswith("enumerate(zip"):
        return f"{names[0]}, ({', '.join(names[1:])})"
    return ", ".join(names)


Targets = tuple[Kind | str, ...]


def iterables(state: State) -> Iterator[tuple[Targets, str]]:
    """What can be looped over, with the kinds of the targets."""
    scalars: Targets = ((),)
    yield scalars, f"({', '.join(expression(state, (), 1) for _ in range(3))})"
    yield scalars, f"[{state.choose(CONSTANTS)}, {scalar_leaf(state)}]"
    for text, shape in state.arrays()[:4]:
        item: Kind = shape[1:]
        yield (item,), text
        yield ("int", item), f"enumerate({text})"
        yield (item,), f"reversed({text})"
        yield (item,), f"{text}[::-1]"
        other = simple(expression(state, shape, 1))
        yield (item, item), f"zip({text}, {other})"
        yield ("int", item, item), f"enumerate(zip({other}, {text}))"
        yield (item, ()), f"zip({text}, ({scalar_leaf(state)}, {scalar_leaf(state)}))"
    for name, kind in state.scope.items():
        yield from containers(name, kind)


def containers(name: str, kind: Kind) -> Iterator[tuple[Targets, str]]:
    """Loops over a list or a dict whose items are all of one kind."""
    if isinstance(kind, Pack) and len(set(kind.parts)) == 1:
        part = kind.parts[0]
        if isinstance(part, Pack) and len(part.parts) > 1:
            yield part.parts, name
            return
        yield (part,), name
        yield ("int", part), f"enumerate({name})"
        yield (part,), f"reversed({name})"
        yield (part,), f"{name}[1:]"
    if isinstance(kind, Record) and len({k for _, k in kind.fields}) == 1:
        yield ("key", kind.fields[0][1]), f"{name}.items()"
        yield (kind.fields[0][1],), f"{name}.values()"


def while_loop(state: State) -> None:
    """A counter that ends the loop, first in its body so that `continue` cannot skip it."""
    name = index_name(state)
    state.write(f"{name} = {state.pick(0, 2)}")
    extra = f" and {scalar_leaf(state)} < 2.0" if state.chance(3) else ""
    state.write(f"while {name} < {state.pick(2, 4)}{extra}:")
    inner = state.block(loops=1)
    inner.guarded = (*state.guarded, name)
    inner.ints = add(state.ints, name)
    inner.write(f"{name} = {name} + 1" if state.chance(2) else f"{name} += 1")
    loop_body(state, inner)
    state.ints = add(state.ints, name)


def leave_loop(state: State) -> None:
    state.write(f"if {test(state)}:")
    inner = state.block()
    if state.chance(3):
        statement(inner)
    inner.write(state.choose(("break", "continue")))


def early_return(state: State) -> None:
    state.write(f"if {test(state)}:")
    inner = state.block()
    inner.write(f"return {value(inner, state.result)}")


# functions ----------------------------------------------------------------------------------------


def local_function(state: State) -> None:
    """A lambda or a nested def that reads numbers of the function around it, late."""
    name = state.fresh(("f1", "f2", "f3", "f4"))
    inner = state.block()
    inner.uniform = True
    inner.scope = {n: k for n, k in state.scope.items() if k == ()} | {"t": ()}
    inner.loops, inner.depth = 0, 2
    state.closed[0] = True
    if state.chance(2):
        state.write(f"{name} = lambda t: {expression(inner, (), 2)}")
    else:
        state.write(f"def {name}(t, scale=0.7):")
        inner.scope |= {"scale": ()}
        inner.write(f"own = {expression(inner, (), 1)}")
        inner.scope |= {"own": ()}
        inner.write(f"return {expression(inner, (), 2)}")
    state.functions = (*state.functions, name)
