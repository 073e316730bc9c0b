"""The portal's exchange format: read, check, replay and write an assistance dossier."""
