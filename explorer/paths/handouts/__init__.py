"""What readers take home from a path: a file that works offline, a worksheet for paper, and a notebook."""
