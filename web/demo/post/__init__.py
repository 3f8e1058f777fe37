"""The mail of the demo: a server that catches all of it, and the page that shows it."""

from web.demo.post.pages import blueprint

__all__ = ["blueprint"]
