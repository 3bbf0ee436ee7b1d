"""Parts of the Ideas page, a file a lesson."""
