"""The class on the screen: the bar on every page of whoever is in one, and the Class page."""
