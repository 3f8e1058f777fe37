"""The desk of parcels: out by scanning, back by scanning, and what the courier says of the rest."""
