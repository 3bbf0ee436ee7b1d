"""The measurements of the lessons, a file a lesson, with torch: from a setting of ``explorer.ideas`` to its run."""
