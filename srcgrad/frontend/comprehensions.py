"""Lower comprehensions: each is the loop that it stands for, around an append or a store."""

from __future__ import annotations

import copy
from typing import Any

import gast

from srcgrad import ir
from srcgrad.frontend.loops import LoopLowerer
from srcgrad.ir import Atom, Const

WALKERS = (sum, max, min, list, tuple, set, frozenset, dict, sorted)
"""Builtins that take every element of what they are given."""


class ComprehensionLowerer(LoopLowerer):
    """The part of the lowerer that writes comprehensions out."""

    def expr_ListComp(self, node: Any) -> Atom:
        return self._filled(node, gast.List([], gast.Load()), self._append)

    def expr_DictComp(self, node: Any) -> Atom:
        return self._filled(node, gast.Dict([], []), self._put_entry)

    def expr_GeneratorExp(self, node: Any) -> Atom:
        if not getattr(node, "passed_on", False):
            raise self.refuse(
                node,
                "a generator expression that is kept",
                "write it as a list",
                why="when its elements are computed depends on who walks through it",
            )
        if getattr(node, "walked", False) or len(node.generators) > 1:
            return self.bind(ir.Call(), Const(iter), self.expr_ListComp(node), node=node)
        return self._put_off(node)

    def _put_off(self, node: Any) -> Atom:
        """A generator expression whose elements are computed when they are asked for."""
        (generator,) = node.generators
        sequence = self.expr(generator.iter)
        for test in generator.ifs:
            keep = self._function_of(generator.target, test, node)
            sequence = self.bind(ir.Call(), Const(filter), keep, sequence, node=node)
        make = self._function_of(generator.target, node.elt, node)
        return self.bind(ir.Call(), Const(map), make, sequence, node=node)

    def _function_of(self, target: Any, result: Any, node: Any) -> Atom:
        """A nested function from an element of a sequence to an expression of it."""
        parameter = target.id if isinstance(target, gast.Name) else "item"
        arguments = gast.arguments(
            [gast.Name(parameter, gast.Param(), None, None)], [], None, [], [], None, []
        )
        body = [gast.Return(result)]
        if parameter != getattr(target, "id", None):
            value = gast.Name(parameter, gast.Load(), None, None)
            body.insert(0, gast.Assign([target], value, None))
        made = gast.FunctionDef("element", arguments, body, [], None, None, [])
        return self.closure(_placed(made, node), "element")

    def expr_SetComp(self, node: Any) -> Atom:
        return self.bind(ir.Call(), Const(set), self.expr_ListComp(node), node=node)

    def expr_Set(self, node: Any) -> Atom:
        return self.bind(ir.Call(), Const(set), self.expr_List(node), node=node)

    def expr_Call(self, node: Any) -> Atom:
        for argument in node.args:
            argument.passed_on = isinstance(argument, gast.GeneratorExp | gast.Lambda)
            argument.walked = isinstance(node.func, gast.Name) and (
                node.func.id not in self.local_names and self.lookup(node.func.id) in WALKERS
            )
        node.func.passed_on = True
        return super().expr_Call(node)

    def stmt_For(self, node: Any) -> None:
        """A loop; what filter(), map() or a generator expression computes, each pass computes."""
        builtin = self._called(node.iter)
        if builtin in (filter, map):
            function, sequence = node.iter.args
            self._in_step(node, sequence, self._name_of(function, builtin))
        elif isinstance(node.iter, gast.GeneratorExp) and len(node.iter.generators) == 1:
            made, own = self._renamed(node.iter)
            (generator,) = made.generators
            body = _computed(node, generator.ifs, made.elt)
            loop = gast.For(generator.target, generator.iter, body, [], None)
            self._loop_with(gast.copy_location(_placed(loop, node), node), own)
        else:
            super().stmt_For(node)

    def _in_step(self, node: Any, sequence: Any, function: str | None) -> None:
        """A loop over the elements of a sequence, which a function keeps or changes."""
        item = self._unused(getattr(node.target, "id", "item"))
        value: Any = _name(item)
        made = value if function is None else gast.Call(_name(function), [value], [])
        is_test = self._called(node.iter) is filter
        body = _computed(node, [made] if is_test else [], value if is_test else made)
        loop = gast.For(gast.Name(item, gast.Store(), None, None), sequence, body, [], None)
        self._loop_with(gast.copy_location(_placed(loop, node), node), [item])
        if function is not None:
            self.env.pop(function, None)

    def _name_of(self, function: Any, builtin: Any) -> str | None:
        """The name of a function that is computed once, before the loop; None for the truth."""
        if isinstance(function, gast.Constant) and function.value is None and builtin is filter:
            return None
        name = self._unused("keep" if builtin is filter else "make")
        start = gast.Assign([gast.Name(name, gast.Store(), None, None)], function, None)
        self.statement(_placed(start, function))
        return name

    def _loop_with(self, loop: Any, own: list[str]) -> None:
        """A loop with variables of its own."""
        outer, self.passing = self.passing, self.passing | set(own)
        self.stmt_For(loop)
        self.passing = outer
        for variable in own:
            self.env.pop(variable, None)

    def _called(self, node: Any) -> Any:
        """The builtin that a call is of, with a function and one sequence."""
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
            return None
        plain = not node.keywords and not any(isinstance(a, gast.Starred) for a in node.args)
        if node.func.id in self.local_names or not plain or len(node.args) != 2:
            return None
        return self.lookup(node.func.id)

    def _append(self, node: Any, name: str) -> Any:
        method = gast.Attribute(gast.Name(name, gast.Load(), None, None), "append", gast.Load())
        node.elt.kept = True
        return gast.Expr(gast.Call(method, [node.elt], []))

    def _put_entry(self, node: Any, name: str) -> Any:
        owner = gast.Name(name, gast.Load(), None, None)
        return gast.Assign([gast.Subscript(owner, node.key, gast.Store())], node.value, None)

    def _filled(self, node: Any, empty: Any, fill: Any) -> Atom:
        """The container that a comprehension makes, after the loops that fill it."""
        name = self._unused("elements")
        node, own = self._renamed(node)
        body: list[Any] = [fill(node, name)]
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [gast.If(test, body, [])]
            body = [gast.For(generator.target, generator.iter, body, [], None)]
        start = gast.Assign([gast.Name(name, gast.Store(), None, None)], empty, None)
        outer, self.passing = self.passing, self.passing | set(own)
        for statement in (start, *body):
            self.statement(_placed(statement, node))
        self.passing = outer
        for variable in own:
            self.env.pop(variable, None)
        return self.env.pop(name)

    def _renamed(self, node: Any) -> tuple[Any, list[str]]:
        """A comprehension whose own variables have names that nothing else has, and those."""
        targets = (n for g in node.generators for n in gast.walk(g.target))
        own = {n.id for n in targets if isinstance(n, gast.Name)}
        names = {n: self._unused(n) for n in sorted(own)}
        first, node = node.generators[0].iter, copy.deepcopy(node)
        for part in gast.walk(node):
            if isinstance(part, gast.Name) and part.id in names:
                part.id = names[part.id]
        node.generators[0].iter = first  # it is evaluated outside
        return node, list(names.values())

    def _unused(self, name: str) -> str:
        used = name
        while used in self.env or (used in self.local_names and used == "elements"):
            used += "_"
        self.local_names.add(used)
        return used


def _computed(node: Any, tests: list[Any], value: Any) -> list[Any]:
    """The body of a loop behind these tests, for the target that has this value."""
    body = [gast.Assign([node.target], value, None), *node.body]
    for test in reversed(tests):
        body = [gast.If(test, body, [])]
    return body


def _name(text: str) -> Any:
    return gast.Name(text, gast.Load(), None, None)


def _placed(made: Any, node: Any) -> Any:
    """A statement at the place of the comprehension, where its parts have none of their own."""
    for part in gast.walk(made):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, node)
    return made
