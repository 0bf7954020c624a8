-- From schema 3: a run keeps its serials as one value, and what became of its stickers.

ALTER TABLE label_run RENAME TO label_run_3;
ALTER TABLE item RENAME TO item_3;
CREATE TABLE label_run (
    id        INTEGER PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    batch     TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    size      INTEGER NOT NULL,
    prefix    TEXT,
    start     INTEGER,
    width     INTEGER,
    listed    TEXT,
    statement_id BLOB REFERENCES statement (id),
    plan      TEXT NOT NULL,
    CHECK (listed IS NULL OR prefix IS NULL),
    CHECK ((prefix IS NULL) = (start IS NULL) AND (start IS NULL) = (width IS NULL))
) STRICT;
CREATE INDEX label_run_batch ON label_run (batch);

CREATE TABLE drawn_serials (
    run      INTEGER NOT NULL REFERENCES label_run (id),
    first    TEXT NOT NULL,
    position INTEGER NOT NULL,
    serials  BLOB NOT NULL,
    PRIMARY KEY (run, first)
) STRICT;

CREATE TABLE label_act (
    run   INTEGER NOT NULL REFERENCES label_run (id),
    act   TEXT NOT NULL CHECK (act IN ('printed', 'resumed', 'spoiled', 'duplicated')),
    at    TEXT NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    replaced_by INTEGER REFERENCES label_run (id)
) STRICT;
CREATE INDEX label_act_run ON label_act (run);

-- Then the runs are taken over, which takes names apart, and the old tables go.
