"""Functions of Python's library that take functions or sequences, as plain Python.

Differentiated code that calls one of them runs these in its place: they are inlined like any
function of the user's. What is lazy in the library is a list here; that it can be consumed only
once is the specialiser's concern.
"""
