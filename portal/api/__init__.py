"""The API: composition of what the apps declare, and what all its answers share."""
