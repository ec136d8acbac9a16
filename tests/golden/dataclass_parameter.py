"""A dataclass in, a dataclass out."""

from dataclasses import dataclass


@dataclass
class Spring:
    stiffness: float
    length: float = 1.0


def dataclass_parameter(spring):
    return 0.5 * spring.stiffness * (spring.length - 1.0) ** 2


EXAMPLE = (Spring(2.0, 0.7),)
NUMPY_ALONE = False


# gradient


from golden.dataclass_parameter import Spring


def dataclass_parameter_grad(spring):  # spring: Spring(stiffness: float, length: float)
    # forward sweep
    t = spring.length - 1.0

    # reverse sweep
    # 13: return 0.5 * spring.stiffness * (spring.length - 1.0) ** 2
    spring_length_bar = spring.stiffness * t
    spring_stiffness_bar = 0.5 * t**2
    return Spring(stiffness=spring_stiffness_bar, length=spring_length_bar)
