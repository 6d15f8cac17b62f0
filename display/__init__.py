"""The display room: what the lobby, the floor manager and a customer's phone see."""
