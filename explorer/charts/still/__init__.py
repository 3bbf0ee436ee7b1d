"""Plotly's figures as SVG that needs neither a browser nor scripts: for files that are read offline and on paper."""
