"""What every file of Python code is written with: facts about the network, the file's top, and lines that compose.

The lines are such that formatters leave them alone, at 88 columns and more.
"""
