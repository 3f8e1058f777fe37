"""The window of nes-imza: one small file a screen; the only files that know of Qt.

The steps are those of the terminal (signing.app.flow); everything that asks the card or the
server runs on one thread beside the window's.
"""
