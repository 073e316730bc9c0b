"""What can go wrong with the embedded services, said in one line."""


class EmbeddedError(Exception):
    """An embedded service cannot be used; the message says why and stands alone."""
