"""The demo's identity gateway: an OpenID provider in a process of its own, as e-Devlet would be."""
