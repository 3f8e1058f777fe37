"""Visitors of the site: patient, hurried and hostile ones."""
