"""The printing room: what a slip says, the devices that print it, and the spool between."""
