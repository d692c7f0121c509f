"""Docent on a machine of its own: the bundle, the doctor, the service, the kiosk's screen."""
