"""Parts of the start page: the problem, the idea, and the doors to the other pages."""
