"""Long work that can be watched and cancelled: ``job`` has its values, ``queue`` does it in threads."""
