"""The pages of the stock: boxes, counts, spoilt cards, and the history of a card."""
