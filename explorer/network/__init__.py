"""One configuration and its readers: the arithmetic, the PyTorch model, the words that explain both."""
