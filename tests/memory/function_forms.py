"""Forms of stores by functions and methods of NumPy, and into lists and dicts."""

from __future__ import annotations

from memory.store_forms import MATRIX_Y, VECTOR_Y, Form, Table, array_tables, name_rows

FUNCTIONS = """
out_multiply                 | np.multiply($v6, y, out=y)
out_add                      | np.add(x, $s, out=y)
out_add_positional           | np.add(y, $v6, y)
out_subtract_into_slice      | np.subtract(x[:3], $v3, out=y[1:4])
out_exp_into_slice           | np.exp(0.5 * $v5, out=y[1:])
out_sin_of_itself            | np.sin(y, out=y)
out_into_step                | np.cos($v3, out=y[::2])
out_into_back_slice          | np.negative($v6, out=y[::-1])
out_used_as_value            | t = np.multiply(y, $f, out=y); t[i] = $s
out_in_a_tuple?              | np.exp(0.5 * $v6, out=(y,))
out_where?                   | np.add(y, $v6, out=y, where=MASK)
out_cumsum?                  | np.cumsum($v6, out=y)
out_clip?                    | np.clip(y, 0.5, 1.35, out=y)
out_maximum                  | np.maximum(y, 1.1, out=y)
out_dot?                     | np.dot(M, $v3, out=y[:3])
add_at                       | np.add.at(y, [3, 1, 3], $v3)
add_at_scalar                | np.add.at(y, [3, 1, 3], $s)
add_at_data                  | np.add.at(y, REPEATED, $v3)
add_at_computed              | np.add.at(y, np.array([i, i, k]), $v3)
add_at_slice?                | np.add.at(y, slice(1, 4), $v3)
add_at_mask?                 | np.add.at(y, MASK, $v3)
subtract_at                  | np.subtract.at(y, [0, 0, 5], $v3)
multiply_at?                 | np.multiply.at(y, [2, 2, 0], $f3)
negative_at?                 | np.negative.at(y, [0, 3])
copyto                       | np.copyto(y, $v6)
copyto_scalar                | np.copyto(y, $s)
copyto_slice                 | np.copyto(y[1:4], $v3)
copyto_where                 | np.copyto(y, $v6, where=MASK)
put                          | np.put(y, [0, 3], $v2)
put_repeated                 | np.put(y, [3, 3], $v2)
put_scalar                   | np.put(y, [0, 3], $s)
put_cycled?                  | np.put(y, [0, 1, 2, 3], $v2)
put_method?                  | y.put([0, 3], $v2)
put_along_axis?              | np.put_along_axis(y, np.array([4, 0]), $v2, 0)
fill                         | y.fill($s)
fill_slice                   | y[1:4].fill($s)
sort                         | y.sort()
sort_part                    | y[1:5].sort()
sort_back                    | y[::-1].sort()
place                        | np.place(y, MASK, $v3)
place_cycled?                | np.place(y, MASK, $v2)
place_by_itself              | np.place(y, y > 1.1, $v6)
putmask                      | np.putmask(y, MASK, $v6)
putmask_scalar               | np.putmask(y, y > 1.1, $s)
nan_to_num?                  | np.nan_to_num(y, copy=False)
"""

MATRIX_FUNCTIONS = """
out_multiply_2d              | np.multiply(y, $m33, out=y)
out_matmul                   | np.matmul(y, $m33, out=y)
out_dot_2d                   | np.dot(y.copy(), $m33, out=y)
out_into_row                 | np.exp(0.5 * $v3, out=y[i])
out_into_column              | np.add(y[:, 0], $v3, out=y[:, j])
out_transposed               | np.sin($m33, out=y.T)
out_broadcast                | np.multiply(2.0, $v3, out=y)
out_sum?                     | np.sum(y, axis=0, out=y[2])
add_at_rows                  | np.add.at(y, [1, 1], $v3)
add_at_points                | np.add.at(y, ([0, 0], [1, 1]), $v2)
subtract_at_rows             | np.subtract.at(y, [0, 2, 0], $m33)
copyto_2d                    | np.copyto(y, $v3)
copyto_transposed            | np.copyto(y.T, $m33)
fill_diagonal                | np.fill_diagonal(y, $s)
fill_diagonal_array          | np.fill_diagonal(y, $v3)
fill_row                     | y[i].fill($s)
fill_column                  | y[:, j].fill($s)
sort_rows                    | y.sort()
sort_columns                 | y.sort(axis=0)
sort_row                     | y[i].sort()
put_2d                       | np.put(y, [0, 4], $v2)
place_2d                     | np.place(y, y > 1.24, $v9)
putmask_2d                   | np.putmask(y, y > 1.24, $m33)
"""

NUMBERS = """
list_set                     | l[i] = $s
list_add                     | l[i] += $s
list_mul                     | l[i] *= $f
list_last                    | l[-1] = $s
list_swap                    | l[i], l[j] = l[j], l[i]
list_rotate                  | l[0], l[1], l[2] = l[1], l[2], l[0]
list_chained                 | l[0] = l[2] = $s
list_slice                   | l[1:] = [$s, $t]
list_alias                   | o = l                 | o[i] = $s
list_copied                  | o = list(l)           | l[i] = $s; l[0] *= o[i]
list_sliced_is_a_copy        | o = l[:]              | o[i] = $s; l[0] *= o[i]
list_reversed?               | l.reverse()
list_whole?                  | l[:] = [$s, $t, c]
"""

ARRAYS = """
list_array_element           | l[0][i] = $s
list_array_add               | l[k][1:4] += $v3
list_array_whole             | l[0] *= $f
list_array_rebound           | l[0] = l[0] * $f
list_array_stored            | l[1] = y
list_array_dynamic?          | l[i % 2][j] = $s
list_array_dynamic_whole?    | l[i % 2] += $v6
list_array_unpacked          | p, q = l              | p[i] = $s; q *= $f
list_array_swapped           | l[0], l[1] = l[1], l[0]
list_array_base              | y[i] = $s
list_array_in_a_tuple        | p = (y, l[1])         | p[0][i] = $s; p[1][j] *= $f
list_array_alias             | o = l                 | o[0][i] = $s
list_array_by_a_name         | t = l[1]              | t[i] = $s
"""

DICTS = """
dict_set                     | d["k"] = $s
dict_add                     | d["k"] += $s
dict_mul                     | d["k"] *= $f
dict_array_element           | d["a"][i] = $s
dict_array_slice             | d["a"][1:4] *= $f3
dict_array_whole             | d["a"] += $v6
dict_array_rebound           | d["a"] = d["a"] * $f
dict_update                  | d.update({"k": $s})
dict_update_by_keywords      | d.update(k=$s)
dict_swap                    | d["k"], d["m"] = d["m"], d["k"]
dict_by_a_name               | t = d["a"]            | t[i] = $s
dict_alias                   | e = d                 | e["k"] = $s
dict_of_lists                | d["l"] = [c, x[0]]    | d["l"][1] = $s; d["k"] *= d["l"][1]
dict_setdefault?             | d.setdefault("k", $s)
dict_popped?                 | d["n"] = c            | d["k"] = d.pop("n") * $s; d["n"] = $t
"""

NESTED = """
nested_element               | l[1][0] = $s
nested_array                 | l[0][1][i] = $s
nested_dict                  | l[2]["k"] *= $f
nested_row                   | r = l[1]              | r[0] = $s
nested_replaced              | l[1] = [$s]
"""

GROWING = """
append                       | l.append($s)
append_read                  | l.append(l[-1] * $f)
append_and_set               | l.append($s); l[0] = $t
extend                       | l.extend([$s, $t])
extend_by_add                | l += [$s]
append_to_an_alias           | o = l                 | o.append($s)
"""

EDITED = """
insert                       | l.insert(0, $s)
pop                          | l.append(l.pop() * $s)
pop_first                    | l.append(l.pop(0) * $s)
pop_to_array                 | l.append($t); y[i] = l.pop() * $f
"""

LIST = "l = [1.2 + 0.5 * np.sin(x[0]), x[1] * c, c]"
NUMBER_RESULTS = {"l[0]": "1.3", "l[1]": "-0.7", "l[2]": "0.4"}
DICT = 'd = {"k": x[0] * c, "m": c, "a": y}'
DICT_RESULTS = {'d["k"]': "1.3", 'd["m"]': "-0.7", 'd["a"]': "W[::-1]", "y": "W"}
NEST = 'l = [(x[0], y), [c], {"k": x[1] * c}]'
NEST_RESULTS = {"y": "W", "l[1][0]": "1.3", 'l[2]["k"]': "-0.7"}

UNEVEN = frozenset({"one_side", "two_sides"})
UNKNOWN_LENGTH = UNEVEN | {"loop", "loop_index", "nested_loop", "while_loop"}


def tables() -> list[Table]:
    each = {"l": "each", "y": "W"}
    arrays = {"l[0]": "W", "l[1]": "W[::-1]", "y": "W"}
    return [
        *array_tables(),
        Table(name_rows("np", FUNCTIONS), VECTOR_Y, "y[i]", {"y": "W"}),
        Table(name_rows("np", MATRIX_FUNCTIONS), MATRIX_Y, "y[i, j]", {"y": "M"}),
        Table(NUMBERS, VECTOR_Y, "l[i]", NUMBER_RESULTS, LIST),
        Table(ARRAYS, VECTOR_Y, "l[1][i]", arrays, "l = [y, 0.5 * y]"),
        Table(DICTS, VECTOR_Y, 'd["k"]', DICT_RESULTS, DICT),
        Table(NESTED, VECTOR_Y, "y[i]", NEST_RESULTS, NEST),
        Table(GROWING, VECTOR_Y, "l[0]", each, LIST, UNEVEN),
        Table(EDITED, VECTOR_Y, "l[0]", each, LIST, UNKNOWN_LENGTH),
    ]


FORMS: list[Form] = [form for table in tables() for form in table.forms()]
