"""The wave: many renewals are released on one day, and workers carry them to the courier."""
