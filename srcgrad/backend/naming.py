"""Give variables names: the user's where possible, one name for the versions of a variable.

A variable is live on segments of the program; two may share a name if their segments do not
overlap. The values that a loop carries, and those in which branches meet, share a name if they
can; where they cannot, a copy is made (Briggs et al., "Practical improvements to the construction
and destruction of static single assignment form", 1998).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from srcgrad import ir
from srcgrad.analysis.aliases import is_in_place
from srcgrad.backend.fold import Plan
from srcgrad.backend.shelf import Segment, Shelf, is_taken_by_python, overlap
from srcgrad.ir import Atom, Bind, Block, Loop, Stmt, Var
from srcgrad.walk import blocks, inner_targets, read, source_atoms, statements, targets


@dataclass(eq=False)
class _Position:
    """Where a block lies: its statements' positions, and the statement that holds it."""

    start: float
    end: float = 0.0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    parent: tuple[Block, int] | None = None
    loop: bool = False


@dataclass(eq=False)
class Group:
    """Variables that share a name."""

    members: list[Var]
    segments: list[Segment]
    hint: str | None
    rank: int = 0


class Liveness:
    """The segments of the program on which each variable is live."""

    def __init__(self, body: Block, params: Iterable[Var], plan: Plan) -> None:
        self.plan = plan
        self.clock = 1.0
        self.where: dict[Block, _Position] = {}
        self.born: dict[Var, tuple[float, Block]] = {}
        self.reads: dict[Var, list[tuple[Block, int, float]]] = {}
        self.loop_params: set[Var] = set()
        self.at: dict[Stmt, float] = {}
        for p in params:
            self.born[p] = (0.0, body)
        self._number(body, None, False)

    def _tick(self) -> float:
        self.clock += 1.0
        return self.clock

    def _number(self, block: Block, parent: tuple[Block, int] | None, loop: bool) -> None:
        position = self.where[block] = _Position(self.clock, parent=parent, loop=loop)
        for i, s in enumerate(block.stmts):
            at = self._tick()
            position.starts.append(at)
            self.at[s] = at
            for v in self.plan.expand(s):
                self._read(v, block, i, at)
            for a in source_atoms(s.source) if isinstance(s, Loop) else ():
                for v in self.plan.named(a) if isinstance(a, Var) else ():
                    self._read(v, block, i, at + 0.2)  # after what the loop starts from is assigned
            self._inside(s, block, i)
            end = self._tick() if blocks(s) else at
            position.ends.append(end)
            for t in targets(s):  # the name of a function is taken while it runs
                self.born[t] = (at if isinstance(s, ir.Define) else end, block)
            if isinstance(s, ir.Try) and isinstance(s.test, Var):  # a handler begins by setting it
                self.born[s.test] = (at, block)
        position.end = self._tick()
        for a in block.results:
            if isinstance(a, Var):
                for v in self.plan.named(a):
                    self._read(v, block, len(block.stmts), position.end)

    def _inside(self, s: Stmt, block: Block, i: int) -> None:
        looping = isinstance(s, Loop)
        for n, inner in enumerate(blocks(s)):
            if n and isinstance(s, ir.If):
                self._tick()
            first = self.clock
            for p in inner_targets(s):
                birth = self.born.get(p, (first + 0.25, inner))[0]
                self.loop_params.add(p)
                self.born[p] = (birth, inner)  # the last block is the body, after a while's test
            self._number(inner, (block, i), looping)
        if isinstance(s, Loop) and isinstance(s.stop, Var):
            for v in self.plan.named(s.stop):
                # behind the copies of what the loop carries
                self._read(v, s.body, len(s.body.stmts), self.where[s.body].end + 0.5)

    def _read(self, v: Var, block: Block, i: int, at: float) -> None:
        self.reads.setdefault(v, []).append((block, i, at))

    def segments(self, v: Var) -> list[Segment]:
        born, home = self.born[v]
        reads = self.reads.get(v, [])
        if not reads:
            return [(born, born + 0.5)]
        if self._is_loop_param(v):  # born before the test, which the body follows
            return self._param_segments(home, born, reads)
        while True:
            paths = [(self._path(home, b, i), at) for b, i, at in reads]
            if all(path[0][0] is home for path, _ in paths):
                return self._segments(home, born, paths)
            home = self.where[home].parent[0]  # type: ignore[index]

    def _is_loop_param(self, v: Var) -> bool:
        return v in self.loop_params

    def _param_segments(
        self, home: Block, born: float, reads: list[tuple[Block, int, float]]
    ) -> list[Segment]:
        paths = [(self._path(home, b, i), at) for b, i, at in reads]
        inside = [(path, at) for path, at in paths if path[0][0] is home]
        if not inside:
            return [(born, max(at for _, at in paths))]
        return self._segments(home, born, inside)

    def _path(self, home: Block, block: Block, index: int) -> list[tuple[Block, int]]:
        """The way from the block that defines a variable down to a read of it."""
        path = [(block, index)]
        while block is not home:
            parent = self.where[block].parent
            if parent is None:
                break
            block = parent[0]
            path.append(parent)
        return path[::-1]

    def _segments(self, block: Block, entry: float, reads: list[Any]) -> list[Segment]:
        last = max(path[0][1] for path, _ in reads)
        at_last = [(path, at) for path, at in reads if path[0][1] == last]
        position = self.where[block]
        if last == len(block.stmts):
            return [(entry, max(position.end, *(at for _, at in at_last)))]
        nested = [(path[1:], at) for path, at in at_last if len(path) > 1]
        start = position.starts[last]
        if not nested:
            return [(entry, max(at for _, at in at_last))]
        if isinstance(block.stmts[last], Loop | ir.Define):
            return [(entry, position.ends[last])]
        found = [(entry, start)]
        tried = block.stmts[last]
        if isinstance(tried, ir.Try) and any(path[0][0] is tried.orelse for path, _ in nested):
            body = self.where[tried.then]
            found.append((body.start, body.end + 0.5))
        for inner in blocks(block.stmts[last]):
            own = [(path, at) for path, at in nested if path[0][0] is inner]
            if own:
                found += self._segments(inner, self.where[inner].start, own)
        return found


class Names:
    """The name of every variable, and the copies that must be made.

    `copies` maps a block (its results), a loop (its inits; its params) to what must be assigned
    there.
    """

    def __init__(
        self, body: Block, params: tuple[Var, ...], plan: Plan, reserved: set[str]
    ) -> None:
        self.plan = plan
        self.live = Liveness(body, params, plan)
        self.group: dict[Var, Group] = {}
        self.entry_copies: dict[Loop, list[tuple[Var, Var]]] = {}
        self.reserved = reserved
        self.name: dict[Var, str] = {}
        self._rank = 0
        self.originals = {
            t: o
            for s in statements(body)
            if isinstance(s, ir.Pop)
            for t, o in zip(s.targets, s.originals, strict=True)
        }
        handlers = (s for s in statements(body) if isinstance(s, ir.Try | ir.Rescue))
        self.caught = {s.caught for s in handlers}
        for p in params:
            self._single(p)
        self._note_copies(body)
        self._merge_updates(body)
        self._merge_block(body)
        self._choose(params)

    def of(self, v: Var) -> str:
        return self.name[v]

    def same(self, a: Atom, b: Var) -> bool:
        """Whether a value needs no copy to become a variable's."""
        return isinstance(a, Var) and a not in self.plan.inlined and self.name[a] == self.name[b]

    # groups

    def _single(self, v: Var) -> Group:
        if v not in self.group:
            self._rank += 1
            self.group[v] = Group([v], self.live.segments(v), v.hint, self._rank)
        return self.group[v]

    def _merge(self, a: Var, b: Atom) -> bool:
        """Let two variables share a name if they can."""
        if not isinstance(b, Var) or b in self.plan.inlined or b not in self.live.born:
            return False
        if a in self.caught or b in self.caught:
            return False  # Python forgets the name at the end of the handler
        x, y = self._single(a), self._single(b)
        if x is y:
            return True
        if overlap(x.segments, y.segments) or _is_param(y):
            return False
        if x.hint and y.hint and x.hint != y.hint:
            return False
        self._join(x, y)
        return True

    def _note_copies(self, body: Block) -> None:
        """A target is written where branches and passes end, and where loops begin."""
        for s in statements(body):
            if not isinstance(s, ir.If | Loop):
                continue
            inner = (s.body,) if isinstance(s, Loop) else blocks(s)
            ends = [self.live.where[b].end for b in inner if not b.raises]
            written = [(end, end + 0.25) for end in ends]
            if isinstance(s, Loop):
                start = self.live.at[s]
                written += [(start, self.live.where[blocks(s)[0]].start + 0.25)]
            for target in s.targets:
                self._single(target).segments += written

    def _merge_updates(self, body: Block) -> None:
        """An array and what it is after an update in place are one object, so one name."""
        for s in statements(body):
            if is_in_place(s) and isinstance(s, Bind) and isinstance(s.args[0], Var):
                self._join(self._single(s.target), self._single(s.args[0]))

    def _join(self, x: Group, y: Group) -> None:
        if x is y:
            return
        for v in y.members:
            self.group[v] = x
        x.members += y.members
        x.segments += y.segments
        x.hint = x.hint or y.hint
        x.rank = min(x.rank, y.rank)

    def _merge_block(self, block: Block) -> None:
        for s in block.stmts:
            match s:
                case ir.If():
                    self._merge_if(s)
                case Loop():
                    self._merge_loop(s)
            for v in (*targets(s), *inner_targets(s)):
                if v not in self.plan.inlined:
                    self._single(v)
            for inner in blocks(s):
                self._merge_block(inner)

    def _merge_if(self, s: ir.If) -> None:
        for i, target in enumerate(s.targets):
            for inner in (s.then, s.orelse):
                if not inner.raises:
                    self._merge(target, inner.results[i])

    def _merge_loop(self, s: Loop) -> None:
        for target, param, init, result in zip(
            s.targets, s.params, s.inits, s.body.results, strict=True
        ):
            group = self._single(target)
            group.hint = group.hint or param.hint
            tested = s.test is not None and param in set(read(s.test))
            joined = self._merge_carried(target, param, result, tested)
            assert joined or not tested, "a test reads what the loop carries, under its name"
            if not joined and param in self.live.reads:
                self.entry_copies.setdefault(s, []).append((param, target))
                self._single(param).hint = param.hint and f"{param.hint}_in"
            self._merge(target, init)

    def _merge_carried(self, target: Var, param: Var, result: Atom, tested: bool) -> bool:
        """Share a name between what a loop carries and, if possible, both ends of a pass."""
        clash = (
            isinstance(result, Var)
            and result in self.live.born
            and result is not param
            and overlap(self.live.segments(param), self.live.segments(result))
        )
        prefer_result = clash and isinstance(result, Var) and result.hint in (param.hint, None)
        if (
            prefer_result
            and not tested
            and result not in self.group
            and self._merge(target, result)
        ):
            return False
        merged = self._merge(target, param)
        self._merge(target, result)
        return merged

    # names

    def variables(self) -> dict[str, str]:
        """For each name that stands for a variable of the user, or its derivative, what it was
        called: `h_1` is `h`, and `h_bar_1` is `h_bar`.
        """
        hints = {n: self.group[v].hint for v, n in self.name.items() if v in self.group}
        return {n: h.removesuffix("_in") for n, h in hints.items() if h}

    def _choose(self, params: tuple[Var, ...]) -> None:
        groups = list(dict.fromkeys(self.group.values()))
        own = {id(self.group[p]) for p in params}
        groups.sort(key=lambda g: (id(g) not in own, g.hint is None, g.rank))
        shelf = Shelf(self.reserved)
        for group in groups:
            original = self.originals.get(group.members[0])
            if original is not None and original in self.name:
                group.hint = self.name[original]
            base = group.hint or self._described(group)
            chosen = shelf.take(base, group.segments, id(group) in own)
            for v in group.members:
                self.name[v] = chosen

    def _described(self, group: Group) -> str:
        """A name for a value the user has none for, after the function that made it."""
        made = self.plan.made_by.get(group.members[0])
        name = getattr(made.op, "__name__", "") if made else ""
        if (
            made
            and name.isidentifier()
            and name != "copy"
            and getattr(made.op, "__module__", "") != "_operator"
        ):
            return f"{name}_" if is_taken_by_python(name) else name
        return "t"


def _is_param(group: Group) -> bool:
    return any(s == 0.0 for s, _ in group.segments)
