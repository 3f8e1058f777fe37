"""Letters that leave the office and papers that come in, each read apart from the site."""
