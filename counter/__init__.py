"""The counter room: who is next, staff sign-in, and what staff do with tickets."""
