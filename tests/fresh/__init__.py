"""A bare machine, made for the test, on which somebody runs the first of the two commands."""
