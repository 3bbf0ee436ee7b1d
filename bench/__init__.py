"""Side-by-side benchmarks. Each measures both sides in one run and prints a ratio; no test asserts a time."""
