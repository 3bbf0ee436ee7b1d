"""How the weights that ship with the app were made: ``python -m shipped.fashion``. Nothing in the app imports it."""
