"""Gradients of kernels by hand, as one writes them with NumPy and a pencil.

Each `name_grad` takes what the kernel takes and returns the tuple of gradients with respect to the
float arguments.  The loops are those of the kernel, backwards; what is saved is what they need.
"""
