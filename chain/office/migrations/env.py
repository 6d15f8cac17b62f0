"""Owns how Alembic reaches the database: by our own driver, at the address it is handed."""

import psycopg
from alembic import context
from sqlalchemy import NullPool, create_engine

url = context.config.attributes["url"]
engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
with engine.connect() as conn:
    context.configure(connection=conn, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
