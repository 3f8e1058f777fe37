"""The post: how messages leave the house, by which carrier, and what became of them."""
