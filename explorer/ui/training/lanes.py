"""Where the Training page's work waits: never before or behind the measurements of other pages, and not all at once.

A lane has one thread, and a small server two cores. So the page has two lanes for all of its tabs.
"""

LONG = "training"
AT_ONCE = "training, at once"  # answers to a click, which wait for no race and no sweep
