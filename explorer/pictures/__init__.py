"""From files that people send, and samples that ship with the app, to pixels."""
