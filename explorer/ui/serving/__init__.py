"""The server as one of several behind a proxy: which one it is, how it leaves, what it counts, what it logs."""
