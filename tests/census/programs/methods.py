"""Methods of the builtin types, each by its name."""

from __future__ import annotations

from census.registry import V3, differentiated, inactive, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError


@differentiated("list.append", "list.extend", "list.insert", "list.pop", args=([0.7, 1.2, -0.3],))
def growing_lists(x):
    y = []
    for v in x:
        y.append(v * v)
    y.extend(x)
    y.insert(1, x[0] * x[2])
    return y.pop() * y.pop(0) + sum(v * i for i, v in enumerate(y))


@differentiated("list.copy", "list.clear", "list.reverse", args=([0.7, 1.2, -0.3],))
def reversed_lists(x):
    y = x.copy()
    y[0] = y[0] * y[1]
    y.reverse()
    z = list(y)
    y.clear()
    return sum(v * i for i, v in enumerate(z)) * x[0] + len(y)


@differentiated("list.sort", args=([0.7, 1.2, -1.5],))
def sorted_lists(x):
    y = [v * v for v in x]
    y.sort()
    z = [v * 2.0 for v in x]
    z.sort(key=lambda v: abs(v), reverse=True)
    return y[0] * y[1] + z[0] * z[1] * y[2]


@refused(
    "list.remove",
    args=([0.7, 1.2, -1.5],),
    error=UnsupportedError,
    words="an element that only a run knows",
    fix="constant key or index",
)
def removed(x):
    z = [v * 2.0 for v in x]
    z.remove(z[1])  # here: z.remove
    return z[0] * z[1]


@inactive("list.index", "list.count", "tuple.index", "tuple.count", args=([0.7, 1.2, 0.5],))
def positions(x):
    names = ["a", "b", "c"]
    y = x[names.index("b")] ** 2 * names.count("c")
    return y * (("a", "b").index("b") + (1, 1, 2).count(1))


@refused("list.count", args=([0.7, 1.2, 0.5],), error=SrcgradError, words="")
def times_that_one_is_there(x):
    return x[0] ** 2 * x.count(0.7)  # here: x.count


@refused("list.index", args=([0.7, 1.2, 0.5],), error=SrcgradError, words="")
def place_of_the_largest(x):
    return x[x.index(max(x))] ** 2  # here: x.index


@differentiated("dict.get", "dict.items", "dict.keys", "dict.values", args=({"a": 0.7, "b": 1.2},))
def read_dicts(x):
    total = x.get("a") * x.get("none", x["b"])
    for key in x.keys():
        total = total + x[key] ** 2
    for key, value in x.items():
        total = total * (value if key == "a" else 1.0)
    return total * sum(x.values())


@differentiated(
    *("dict.copy", "dict.update", "dict.setdefault", "dict.pop"), args=({"a": 0.7, "b": 1.2},)
)
def changed_dicts(x):
    y = x.copy()
    y.update({"c": x["a"] * x["b"]})
    y.update(d=x["a"])
    y.update([("e", x["b"] ** 2)])
    total = y.pop("c") * y.setdefault("d", 1.0) + y.setdefault("f", x["b"]) * y.pop("none", 2.0)
    return total * y["e"] * len(y)


@differentiated("dict.popitem", "dict.clear", "dict.fromkeys", args=({"a": 0.7, "b": 1.2},))
def emptied_dicts(x):
    y = dict(x)
    key, last = y.popitem()
    first = y["a"]
    y.clear()
    z = dict.fromkeys(["p", "q"], x["a"])
    return last**2 * first * z["p"] * z["q"] * len(key) + len(y)


@inactive("set.add", args=(0.7,))
def added(x):
    names = {"a", "b"}
    names.add("c")
    return x * x * len(names)


@inactive("set.discard", args=(0.7,))
def discarded(x):
    names = {"a", "b"}
    names.discard("b")
    return x * x * len(names)


@inactive("set.remove", args=(0.7,))
def removed_of_a_set(x):
    names = {"a", "b"}
    names.remove("b")
    return x * x * len(names)


@refused("set.pop", args=(0.7,), error=NoRuleError, words="'pop'", fix="make a new value")
def popped(x):
    names = {"a", "b"}
    names.pop()  # here: names.pop
    return x * x * len(names)


@inactive("set.clear", args=(0.7,))
def cleared(x):
    names = {"a", "b"}
    names.clear()
    return x * x * (1 + len(names))


@inactive("set.copy", args=(0.7,))
def copied(x):
    names = {"a", "b"}
    return x * x * len(names.copy())


@inactive("set.update", args=(0.7,))
def updated(x):
    names = {"a", "b"}
    names.update({"c"})
    return x * x * len(names)


@inactive(
    *("set.union", "set.intersection", "set.difference", "set.symmetric_difference"),
    *("set.issubset", "set.issuperset", "set.isdisjoint"),
    *("set.intersection_update", "set.difference_update", "set.symmetric_difference_update"),
    args=(0.7,),
)
def joined_sets(x):
    a, b = {1, 2, 3}, {3, 4}
    n = len(a.union(b)) * len(a.intersection(b)) + len(a.difference(b))
    n += len(a.symmetric_difference(b)) + a.issubset(b) + a.issuperset({1}) + a.isdisjoint(b)
    a.intersection_update({1, 2, 3, 4})
    a.difference_update({4})
    a.symmetric_difference_update({9})
    return x * x * (n + len(a))


@inactive("float.is_integer", "float.fromhex", args=(0.7,))
def tests_of_numbers(x):
    return x * x * float.fromhex("0x1.8p+0") if not x.is_integer() else x


@refused("float.conjugate", args=(0.7,), error=NoRuleError, words="'conjugate'")
def conjugates(x):
    return x.conjugate() * x  # here: x.conjugate


@differentiated("Builtins: `real` of a number", args=(0.7,))
def real_part(x):
    return x.real * x


@refused(
    "Builtins: `imag` of a number", args=(0.7,), error=NoRuleError, words="'imag'", fix="of NumPy"
)
def imaginary_part(x):
    return x * x + x.imag  # here: x.imag


@refused("float.hex", args=(0.7,), error=NoRuleError, words="hex")
def through_hexadecimal_digits(x):
    return float.fromhex(x.hex()) * x  # here: float.fromhex


@refused("float.as_integer_ratio", args=(0.7,), error=NoRuleError, words="as_integer_ratio")
def through_a_ratio(x):
    numerator, denominator = x.as_integer_ratio()  # here: x.as_integer_ratio
    return numerator / denominator * x


@differentiated("Containers: methods of a dict of lists", args=(V3,))
def lists_in_dicts(x):
    history = {"a": [], "b": [x[0]]}
    for v in x:
        history["a"].append(v * v)
        history.setdefault("b", []).append(v * history["a"][-1])
    return sum(history["a"]) * history["b"][2]
