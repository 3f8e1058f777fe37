"""The parcels of a day: what is printed for them, and what the courier says of them."""
