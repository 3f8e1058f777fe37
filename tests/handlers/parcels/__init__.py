"""Tests of parcels: their papers, and what the courier says of them."""
