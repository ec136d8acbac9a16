"""math."""

from __future__ import annotations

import math

from census.registry import V3, differentiated, inactive


@differentiated(
    *("math.sin", "math.cos", "math.tan", "math.asin", "math.acos", "math.atan", "math.atan2"),
    *("math.degrees", "math.radians"),
    args=(0.7,),
)
def angles(x):
    y = math.sin(x) * math.cos(x) + math.tan(x) * math.asin(x) - math.acos(x)
    return y * math.atan(x) + math.atan2(x, 3.0) * math.radians(math.degrees(x) * x)


@differentiated(
    *("math.sinh", "math.cosh", "math.tanh", "math.asinh", "math.acosh", "math.atanh"),
    *("math.erf", "math.erfc"),
    args=(0.7,),
)
def hyperbolic_functions(x):
    y = math.sinh(x) * math.cosh(x) + math.tanh(x) * math.asinh(x)
    return y * math.acosh(1.0 + x) + math.atanh(x) * math.erf(x) * math.erfc(x)


@differentiated(
    *("math.exp", "math.exp2", "math.expm1", "math.log", "math.log2", "math.log10", "math.log1p"),
    *("math.pow", "math.sqrt", "math.cbrt"),
    args=(0.7,),
)
def powers_and_logarithms(x):
    y = math.exp(x) * math.exp2(x) + math.expm1(x) * math.log(x) + math.log(x, 3.0)
    return y * math.log2(x) * math.log10(x) + math.log1p(x) * math.pow(x, x) * math.sqrt(
        math.cbrt(x)
    )


@differentiated(
    *("math.hypot", "math.dist", "math.fabs", "math.copysign", "math.fmod"),
    args=(2.7,),
)
def sizes_and_remainders(x):
    y = math.hypot(x, 2.0) * math.dist([x, 0.0], [1.0, x]) + math.fabs(-x) * math.copysign(x, -1.0)
    return y * math.fmod(x, 2.0)


@differentiated("math.fsum", "math.prod", args=(V3,))
def sums_and_products(x):
    return math.fsum(x) * math.prod(x) + math.fsum([x[0], x[1] ** 2]) * math.prod(
        [x[2], 2.0], start=x[0]
    )


@inactive(
    *("math.isclose", "math.isnan", "math.isinf", "math.isfinite", "math.floor", "math.ceil"),
    "math.trunc",
    args=(0.7,),
)
def whole_numbers_and_tests(x):
    best = math.inf
    if x * x < best and not math.isclose(x, 1.0) and not math.isnan(x) and not math.isinf(x):
        best = x * x if math.isfinite(x) else x
    return best * (math.floor(x) + math.ceil(x) + math.trunc(x))


@inactive(
    *("math.comb", "math.perm", "math.factorial", "math.gcd", "math.lcm", "math.isqrt"),
    args=(0.7,),
)
def of_integers(x):
    n = math.comb(4, 2) + math.perm(4, 2) + math.factorial(3) + math.gcd(4, 6) + math.lcm(4, 6)
    return x * x * n * math.isqrt(10) * math.pi


@differentiated("math.remainder", args=(2.7,))
def remainder_to_the_nearest(x):
    return x * math.remainder(x, 2.0)


@differentiated("math.modf", args=(2.7,))
def whole_and_fractional_parts(x):
    fraction, _ = math.modf(x)
    return fraction * x


@differentiated("math.ldexp", args=(2.7,))
def scaled_by_a_power(x):
    return x * math.ldexp(x, 3)


@inactive("math.ulp", args=(2.7,))
def distance_to_the_next(x):
    return x * math.ulp(x)


@differentiated("math.gamma", args=(2.7,))
def gamma(x):
    return x * math.gamma(x)


@differentiated("math.lgamma", args=(2.7,))
def log_gamma(x):
    return x * math.lgamma(x)


@differentiated("math.frexp", args=(2.7,))
def mantissa(x):
    return x * math.frexp(x)[0]


@differentiated("math.nextafter", args=(2.7,))
def next_number(x):
    return x * math.nextafter(x, 3.0)
