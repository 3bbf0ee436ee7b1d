"""Recognises the format of a text and reads it into a tree of modules (``values.ReadText``)."""
