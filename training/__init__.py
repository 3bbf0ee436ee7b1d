"""How the weights that ship with the app were made: ``python -m training.fashion``. Nothing in the app imports it."""
