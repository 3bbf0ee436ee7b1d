"""Guided paths on the pages: the bar that leads along one, and the page on which paths are chosen and made."""
