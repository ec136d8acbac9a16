"""The stages that a function goes through, and what comes out: the frame of every mode."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.assumptions import check_arguments, check_assumptions
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.conflicts import resolve_conflicts, update_in_place
from srcgrad.analysis.effects import check_effects
from srcgrad.analysis.externals import Externals
from srcgrad.analysis.guards import Guards
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.storage import own_elements, own_results
from srcgrad.analysis.values import Method, Pack, Value
from srcgrad.backend.imports import Imports
from srcgrad.backend.linemap import Line, line_map
from srcgrad.backend.load import load
from srcgrad.backend.net import check_names
from srcgrad.backend.printer import to_source
from srcgrad.backend.raise_ import raise_function
from srcgrad.errors import NotDifferentiableError, SrcgradError, UnsupportedError
from srcgrad.frontend import lower, source
from srcgrad.frontend.generators import first_yield
from srcgrad.ir import Block, Const, Function, Var
from srcgrad.kinds import Dim, Kind, Num, Static, Tuple
from srcgrad.request import Request
from srcgrad.transform.assemble import check_independent
from srcgrad.transform.pullbacks import written
from srcgrad.transform.tidy import drop_dead, drop_hooks, drop_spare_copies, place_pushes
from srcgrad.transform.views import write_views


@dataclass(eq=False)
class Compiled:
    """A compiled variant: its source, its function, and the guard under which it holds.

    `tree` is the function's definition, whose statements know where they came from.
    """

    source: str
    function: Any
    guards: Guards
    externals: Externals
    params: tuple[str, ...]
    own: tuple[str, ...]
    kinds: dict[str, Kind]
    tree: Any

    @cached_property
    def lines(self) -> dict[int, Line]:
        """The statements of the source by line; made when first asked for."""
        return line_map(self.source, self.tree)

    def fetches(self) -> list[tuple[str, str]]:
        """The outside data: each one's parameter, and the text that reads its current value."""
        implicits = self.externals.implicits.values()
        return [
            (i.var.hint or "", i.fetch.format(self.externals.holder(i.holder))) for i in implicits
        ]


class Stages:
    """The pipeline, one method a stage; each leaves its result for the next one."""

    suffix = "grad"
    body: Block
    activity: Activity
    dependent: Any
    size: Dim
    aux: Value | None = None

    def __init__(
        self,
        function: Any,
        arguments: Mapping[str, Any],
        request: Request,
        guards: Guards,
        externals: Externals,
        opened: bool = False,
    ) -> None:
        self.function = function
        self.opened = opened
        self.request = request
        self.arguments = arguments
        self.guards = guards
        self.builder = Builder(guards)
        self.externals = externals
        self.specialiser = Specialiser(self.builder, guards, externals)
        self.seeds: tuple[Var, ...] = ()
        self.pullbacks: list[Function] = []

    def lower(self) -> None:
        read = source.read(self.function)
        self.read = read
        begins = first_yield(read.node)
        if begins is not None:
            raise UnsupportedError(
                "a generator is not supported",
                why="a derivative is of a function, which returns once",
                fix="return the values in a list or an array",
                location=read.location(begins),
            )
        self.lowered = lower.lower_function(read, read.node, read.name)

    def infer(self) -> None:
        self.params = tuple(self._param(p.hint or "") for p in self.lowered.params)
        for param in self.params:
            if isinstance(param.kind, Num):
                for axis, dim in enumerate(param.kind.dims or ()):
                    self.builder.sizes.setdefault(dim, (param, axis))
        self.specialiser.frames.append(source.read(self.function).function)
        self.specialiser.active.append(self.lowered)
        self.specialiser.parameters = self.params
        with self.builder.block() as self.primal:
            env = {
                p: self._entered(v) for p, v in zip(self.lowered.params, self.params, strict=True)
            }
            self.results = self.specialiser.body(self.lowered.body, env)
            self.primal.raises = self.specialiser.raised
        self.primal.stmts[:0] = self.specialiser.entry.stmts
        self.specialiser.memory.live = False
        check_assumptions(self.specialiser.memory, self.primal)
        outside = [i.var for i in self.externals.implicits.values()]
        check_arguments(self.specialiser.memory, [*self.params, *outside], self.primal)

    def _param(self, name: str) -> Var:
        value = self.arguments[name]
        if isinstance(value, Kind):
            return Var(name, value)
        look = self.guards.opened if name in self.request.wrt else self.guards.kind_of
        return Var(name, look(value, name))

    def _entered(self, param: Var) -> Value:
        """A parameter's value with its place in memory."""
        value = self._known(param)
        self.specialiser.memory.note(value)
        value = self.specialiser.taken_apart(value) if self.opened else value
        if param.hint in _kept_between_calls(self.function):
            for cell in self.specialiser.memory.cells(value):
                cell.outside = f"{param.hint}, whose default all calls share"
        return value

    def _known(self, param: Var) -> Value:
        """A parameter's value: None and functions are known when compiling."""
        return Const(param.kind.value) if isinstance(param.kind, Static) else param

    def independents(self) -> list[Var]:
        """The variables that the gradient is with respect to."""
        outside = [(i.name, i.var) for i in self.externals.implicits.values()]
        known = [*((p.hint or "", p) for p in self.params), *outside]
        return [
            check_independent(name, known, self.request.path(i))
            for i, name in enumerate(self.request.wrt)
        ]

    def analyse(self) -> None:
        """Find what is active, from the independents to what is differentiated."""
        self.wrt = self.independents()
        if self.primal.raises:
            self.activity = Activity(self.primal, self.wrt, [])
            return
        try:
            self.choose()
        except SrcgradError as error:
            raise error.at(self.lowered.returned) from None
        self.primal.results = (self.dependent,)
        self.activity = Activity(self.primal, self.wrt, [self.dependent])
        check_effects(self.primal, self.activity)

    def differentiate(self) -> None:
        if self.primal.raises:
            self.body = Block([ir.Mark("forward sweep"), *self.primal.stmts], raises=True)
        else:
            self.body = self.derivative()
        self.pullbacks = [written(self.specialiser, c) for c in self.specialiser.callees.values()]

    def choose(self) -> None:
        """Set `dependent`, the value to differentiate, and `aux`, what is handed through."""
        raise NotImplementedError

    def derivative(self) -> Block:
        """The program that computes the derivative."""
        raise NotImplementedError

    def outputs(self) -> tuple[Value, Value | None]:
        value = self.results[0] if self.results else Const(None)
        if isinstance(value, Method):
            self.builder.origin = self._return_origin()
            with self.builder.inside(self.primal):
                value = self.specialiser.atom(value)
        if not self.request.has_aux:
            return value, None
        if isinstance(value, Pack) and len(value.values) == 2:
            return value.values[0], value.values[1]
        raise NotDifferentiableError(
            "has_aux=True needs a function that returns a pair",
            why="the first of the pair is differentiated, the second is handed through",
            fix="return value, aux",
        )

    def _return_origin(self) -> ir.Origin | None:
        where = self.lowered.returned
        return None if where is None else ir.Origin(where, where.text.strip(), where.line)

    def tuple_of(self, parts: list[Any]) -> Var:
        """A tuple, as a value of the program."""
        return self.builder.bind(ir.Display(tuple), tuple(parts), Tuple(tuple(map(kind_of, parts))))

    def tidy(self) -> None:
        for body in (self.body, *(f.body for f in self.pullbacks)):
            self._tidy(body)

    def _tidy(self, body: Block) -> None:
        drop_dead(body)
        drop_hooks(body)
        drop_spare_copies(body, self.builder.spare)
        place_pushes(body)
        update_in_place(body)
        resolve_conflicts(body)
        own_elements(body)
        write_views(body)
        body.results = own_results(body, body.results)
        _drop_lone_marks(body)

    def load(self) -> Compiled:
        implicit = tuple(i.var for i in self.externals.implicits.values())
        name = f"{_identifier(self.read.name)}_{self.suffix}".rstrip("_")
        function = Function(name, (*self.params, *self.seeds, *implicit), self.body)
        kinds = {p.hint or "": p.kind for p in function.params}
        callees, imports = self._raised_callees()
        node, imports = raise_function(
            function, "; ".join(f"{n}: {k}" for n, k in kinds.items()), imports
        )
        check_names(node, set(imports.namespace))
        text = _module_text([*callees, node], imports)
        label = f"{self.function.__module__}.{self.read.name}"
        made = load(text, name, imports.namespace, label)
        own = tuple(p.hint or "" for p in (*self.params, *self.seeds))
        return Compiled(text, made, self.guards, self.externals, tuple(kinds), own, kinds, node)

    def _raised_callees(self) -> tuple[list[Any], Imports | None]:
        """The definitions of functions that call themselves, to stand before the derivative."""
        nodes: list[Any] = []
        imports = None
        for function in self.pullbacks:
            node, imports = raise_function(function, "", imports)
            check_names(node, set(imports.namespace))
            nodes.append(node)
        return nodes, imports


def _kept_between_calls(function: Any) -> set[str]:
    """The parameters whose default is one object for all calls, and can be stored into."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name for p in parameters if isinstance(p.default, list | dict | set | np.ndarray)}


def _identifier(name: str) -> str:
    return name if name.isidentifier() and name != "lambda" else "function"


def _module_text(nodes: list[Any], imports: Imports) -> str:
    """A module that holds the functions, with its imports: Python's own modules before others."""
    roots = {line: line.split()[1].split(".")[0] for line in imports.lines}
    own = [line for line in imports.lines if roots[line] in sys.stdlib_module_names]
    others = [line for line in imports.lines if line not in own]
    blocks = ["\n".join(sorted(b, key=lambda line: (line[0] == "f", line))) for b in (own, others)]
    heading = "\n\n".join(b for b in blocks if b)
    return (
        "\n\n\n".join([*([heading] if heading else []), *(to_source(n).rstrip() for n in nodes)])
        + "\n"
    )


def _drop_lone_marks(body: Block) -> None:
    """A heading with nothing under it, or over all there is, says nothing."""
    sections: list[list[ir.Stmt]] = []
    if not any(isinstance(s, ir.Mark) for s in body.stmts):
        return
    for s in body.stmts:
        if isinstance(s, ir.Mark):
            sections.append([s])
        else:
            sections[-1].append(s)
    kept = [section for section in sections if len(section) > 1]
    if len(kept) < 2:
        forward = [s for section in kept for s in section]
        only_reverse = (
            kept and isinstance(kept[0][0], ir.Mark) and kept[0][0].title.startswith("reverse")
        )
        body.stmts = forward if only_reverse else [s for s in forward if not isinstance(s, ir.Mark)]
        if only_reverse:
            body.stmts[0] = ir.Mark("reverse")
        return
    body.stmts = [s for section in kept for s in section]
