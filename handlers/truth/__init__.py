"""What a proof asks of the rows of the product: whether they say what the journal says of them."""
