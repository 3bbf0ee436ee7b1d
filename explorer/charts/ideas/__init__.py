"""The lessons' pictures: results of ``explorer.ideas`` to plotly figures, each with an alt text and a table twin."""
