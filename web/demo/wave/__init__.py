"""A wave of held renewals of invented people: entered for a demonstration or a measurement."""
