"""How little each block changes: branch beside shortcut, and what can be read after every block."""
