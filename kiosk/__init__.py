"""The kiosk room: issuing tickets, recognising members, checking appointments in."""
