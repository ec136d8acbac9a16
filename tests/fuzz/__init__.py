"""Random programs in the supported language: the gradient is right, or it is refused."""
