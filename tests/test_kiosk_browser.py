"""The kiosk in a real browser: every scene, mode and size, a scanner's keys, and what happens when something is missing."""
