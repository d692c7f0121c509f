"""The museum kiosk."""
