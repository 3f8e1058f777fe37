"""The servers that take messages of the office, as the settings name them."""
