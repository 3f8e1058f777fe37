"""What the tests are built of: servers, people, cards, lists, and the waiting for them."""
