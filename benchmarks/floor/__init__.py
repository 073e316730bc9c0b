"""The least that a page can cost here: what every other page is measured against."""
