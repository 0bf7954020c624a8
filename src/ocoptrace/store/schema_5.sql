-- From schema 4: a log takes in what others state, and statements go to others' logs.

CREATE TABLE admitted (                 -- entries of the own log that others state: signed bytes alone
    position     INTEGER PRIMARY KEY,
    statement_id BLOB NOT NULL UNIQUE,
    cose         BLOB NOT NULL
) STRICT;

CREATE TABLE submission (               -- what came of submitting own statements to another's log
    origin       TEXT NOT NULL,
    statement_id BLOB NOT NULL REFERENCES statement (id),
    position     INTEGER,               -- where that log has it; NULL where it refuses it
    problem      TEXT,                  -- why it does: the problem document
    CHECK ((position IS NULL) = (problem IS NOT NULL)),
    PRIMARY KEY (origin, statement_id)
) STRICT, WITHOUT ROWID;
