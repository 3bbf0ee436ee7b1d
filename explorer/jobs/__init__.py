"""Long work that can be watched and cancelled: submit, status, result, cancel.

``service`` is the face that pages and widgets use, ``job`` has the values, ``queue`` does the work in threads,
and ``shared`` is what everybody asks.
"""
