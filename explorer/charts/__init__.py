"""Pictures of architectures and measurements as pure functions: values in, a plotly figure, SVG or image out.

A picture called ``NAME`` has up to three functions in one module, and no two pictures share a name, so that pages may
import any of them side by side:

- ``NAME_chart`` draws the figure. Some are called what they are: ``budget_bars``, ``waterfall``, ``network_diagram``.
- ``NAME_alt_text`` says in words what the picture shows, for people who cannot see it.
- ``NAME_rows`` has the picture's numbers as rows of a table (``table_twin.Row``).

What several pictures need is beside this file: ``palette`` (colours and marks), ``figure_text`` (words in a figure),
``axes``, ``bar_rows`` (labelled rows of bars), ``annotations`` (words, lines and areas in a plot), ``log_axis`` and
``reading_marks`` (numbers that may be zero, infinite or below float32), and ``plotly_style``, whose ``styled`` makes
every figure.
"""
