"""The record of a request: what its State asked for, as its reader may see it, in PDF and in Word."""
