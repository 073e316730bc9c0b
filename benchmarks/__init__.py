"""Speed, measured side by side in one run and written to `docs/figures.md` as ratios."""
