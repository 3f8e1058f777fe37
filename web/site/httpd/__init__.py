"""The HTTP server: waitress, with time limits, bounds and an event loop for thousands of clients.

A request reaches a thread when its head and body are here, and a thread is free again when it has
handed its answer over, whoever reads it. So a slow client costs a socket and a file, no thread.
"""

from web.site.httpd.server import Server

__all__ = ["Server"]
