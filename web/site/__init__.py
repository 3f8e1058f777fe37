"""The site as a program: assembled, served, asked for its health."""
