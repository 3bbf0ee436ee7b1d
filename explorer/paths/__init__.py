"""Guided paths: steps with a link into the app and a question, whose truth is computed from the page's own numbers."""
