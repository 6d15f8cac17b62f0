"""The database room: rows, transactions, migrations and the journal; it knows nothing of web, paper or rules."""
