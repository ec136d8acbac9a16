"""Random loop nests over arrays with affine indices: triangular, descending, wrapping round.

They are for the test of what is still there after the forward sweep, which is where a wrong proof
would give a wrong gradient.
"""

from __future__ import annotations

from random import Random

SIZE = 4
RANGES = (
    *("range(N)", "range(1, N)", "range(N - 1, -1, -1)", "range(N - 1, 0, -1)"),
    *("range(0, N - 1)", "range(0, N, 2)"),
)
INNER = (
    *("range({0})", "range({0} + 1, N)", "range({0}, N)", "range({0}, -1, -1)"),
    *("range(N - 1, {0}, -1)", "range(N - {0})"),
)
INDICES = ("{0}", "{0}", "{0} + 1", "{0} - 1", "N - 1 - {0}", "({0} + {1}) % N", "-{0}", "{0} // 2")
SLICES = (":", "1:", ":-1", "{0}:", ":{0}", "{0} + 1:", "::-1", "{0}:{0} + 2")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.matrix = self.random.random() < 0.5
        self.lines: list[str] = []

    def program(self) -> str:
        starts = ("np.zeros((N, N))", "np.sin(w)", "np.ones((N, N))")
        if not self.matrix:
            starts = ("np.zeros(N)", "np.sin(w[0])", "w[1].copy()")
        others = ("np.zeros(N)", "x.copy()", "np.cos(x)")
        while not any(line.lstrip().startswith("for") for line in self.lines):
            self.block([], 0, 1)
        head = ["def program(x, w):", f"    N = {SIZE}", f"    y = {self.random.choice(starts)}"]
        head.append(f"    z = {self.random.choice(others)}")
        end = "    return np.sum(np.sin(y)) + 0.1 * np.sum(z**2)"
        return "\n".join(["import numpy as np\n\n", *head, *self.lines, end, ""])

    def block(self, loops: list[str], depth: int, indent: int) -> None:
        for _ in range(self.random.randrange(1, 4)):
            kind = self.random.random()
            if kind < 0.35 and depth < 3:
                own = "ijk"[depth]
                ranges = [*RANGES, *(r.format(loops[-1]) for r in INNER if loops)]
                self.line(indent, f"for {own} in {self.random.choice(ranges)}:")
                self.block([*loops, own], depth + 1, indent + 1)
            elif kind < 0.45 and loops:
                self.line(indent, f"if {loops[-1]} > 1:")
                self.block(loops, 3, indent + 1)
            else:
                whole = self.random.random() < 0.25
                op = self.random.choice(("=", "=", "+=", "*=", "-="))
                self.line(indent, f"{self.place(loops, whole)} {op} {self.value(loops)}")

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def place(self, loops: list[str], whole: bool) -> str:
        """An element of an array, or if `whole` a part of it."""
        name = self.random.choice("yyz")
        if name == "y" and self.matrix:
            i, j = self.index(loops), self.index(loops)
            if not whole:
                return f"y[{i}, {j}]"
            part = self.part(loops)
            return self.random.choice((f"y[{i}, {part}]", f"y[{part}, {j}]", f"y[{i}][{part}]"))
        return f"{name}[{self.part(loops) if whole else self.index(loops)}]"

    def index(self, loops: list[str]) -> str:
        if not loops or self.random.random() < 0.15:
            return str(self.random.randrange(-3, 3))
        own, other = self.random.choice(loops), self.random.choice(loops)
        return self.random.choice(INDICES).format(own, other)

    def part(self, loops: list[str]) -> str:
        return self.random.choice(SLICES).format(self.random.choice(loops) if loops else "1")

    def value(self, loops: list[str]) -> str:
        terms = [self.term(loops) for _ in range(self.random.randrange(1, 3))]
        joined = self.random.choice((" + ", " * ")).join(terms)
        return f"0.4 * ({joined}) + 0.1 * x[{self.random.randrange(SIZE)}]"

    def term(self, loops: list[str]) -> str:
        read = self.place(loops, False)
        if self.random.random() < 0.3:
            read = f"np.sum({self.place(loops, True)} ** 2)"
        forms = ("{0}", "np.sin({0})", "x[2] * {0}", "{0} * {0}")
        return self.random.choice(forms).format(read)
