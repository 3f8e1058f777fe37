"""Measures the product beside what it competes with, in one run (`nes bench`).

Nothing is imported here: some measurements run in processes of their own, which are weighed.
"""
