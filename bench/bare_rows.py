"""Owns the bare limit of a chain: journal lines written to PostgreSQL by pipelined inserts, with nothing around it."""

import json
import sys
import time

import psycopg
from psycopg.types.json import Jsonb

ROWS = 500
"""In one transaction, as many as the largest batch of a store."""


def main(url: str, lines: int) -> float:
    """So many lines; lines per second."""
    row = [1, 1, 0, 1_795_222_800.0, "called", "A001", 4, "staff", "order", Jsonb({"class": "vip", "waited_s": 120})]
    with psycopg.connect(url) as conn, conn.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE events INCLUDING ALL)")
        conn.commit()
        began = time.monotonic()
        for first in range(0, lines, ROWS):
            rows = [(*row[:2], seq, *row[3:]) for seq in range(first, first + ROWS)]
            cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * len(row))})", rows)
            conn.commit()
        return lines / (time.monotonic() - began)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
