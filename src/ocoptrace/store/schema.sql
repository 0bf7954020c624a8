-- The exact signed bytes are kept as BLOBs; every other column is an index beside them.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE statement (
    id           BLOB PRIMARY KEY,      -- SHA-256 of the Sig_structure
    kind         TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    cose         BLOB NOT NULL,
    payload      BLOB,                  -- NULL where withheld or erased, and then so is the salt
    salt         BLOB,
    content_hash BLOB,                  -- SHA-256 of what was stated here; private, never shown
    is_erased    INTEGER NOT NULL DEFAULT 0,
    CHECK ((payload IS NULL) = (salt IS NULL)),
    CHECK (payload IS NOT NULL OR content_hash IS NULL),
    CHECK (payload IS NULL OR NOT is_erased)
) STRICT;
CREATE INDEX statement_content ON statement (issuer, kind, content_hash);
CREATE INDEX statement_subject ON statement (kind, subject);

CREATE TABLE log_entry (                -- the own log
    position     INTEGER PRIMARY KEY,   -- 0, 1, 2 …
    statement_id BLOB NOT NULL UNIQUE REFERENCES statement (id)
) STRICT;

CREATE TABLE admitted (                 -- entries of the own log that others state: signed bytes alone
    position     INTEGER PRIMARY KEY,
    statement_id BLOB NOT NULL UNIQUE,
    cose         BLOB NOT NULL
) STRICT;

CREATE TABLE log_node (
    level    INTEGER NOT NULL,          -- 0 = leaves
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (               -- the first quorum checkpoint of every batch of appends
    size    INTEGER PRIMARY KEY,
    note    TEXT NOT NULL,
    made_at TEXT                        -- UTC; NULL where nobody knows any more
) STRICT;

CREATE TABLE foreign_checkpoint (       -- of others' logs, as they came
    id   INTEGER PRIMARY KEY,
    note TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE foreign_proof (            -- where others' logs have a statement
    statement_id BLOB NOT NULL REFERENCES statement (id),
    checkpoint   INTEGER NOT NULL REFERENCES foreign_checkpoint (id),
    position     INTEGER NOT NULL,
    path         BLOB NOT NULL,         -- hashes of 32 bytes, from the leaf to the root
    PRIMARY KEY (statement_id, checkpoint, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission (               -- what came of submitting own statements to another's log
    origin       TEXT NOT NULL,
    statement_id BLOB NOT NULL REFERENCES statement (id),
    position     INTEGER,               -- where that log has it; NULL where it refuses it
    problem      TEXT,                  -- why it does: the problem document
    CHECK ((position IS NULL) = (problem IS NOT NULL)),
    PRIMARY KEY (origin, statement_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE witness_memory (
    witness TEXT NOT NULL,
    origin  TEXT NOT NULL,
    size    INTEGER NOT NULL,
    root    BLOB NOT NULL,
    PRIMARY KEY (witness, origin)
) STRICT;

CREATE TABLE trust_file (
    kind    TEXT NOT NULL,              -- root or bundle
    version INTEGER NOT NULL,
    data    BLOB NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT;

CREATE TABLE node (                     -- names, interned
    id  INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE edge (                     -- goods flow from parent into child
    parent INTEGER NOT NULL REFERENCES node (id),
    child  INTEGER NOT NULL REFERENCES node (id),
    PRIMARY KEY (child, parent)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_forward ON edge (parent, child);

CREATE TABLE event (
    event_id     TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    statement_id BLOB PRIMARY KEY REFERENCES statement (id),
    declares_error INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_once ON event (event_id, issuer) WHERE declares_error = 0;

CREATE TABLE transformation_part (      -- what the events of one transformationID told so far
    transformation_id TEXT NOT NULL,
    issuer            TEXT NOT NULL,
    role              TEXT NOT NULL CHECK (role IN ('input', 'output')),
    name              TEXT NOT NULL,
    PRIMARY KEY (transformation_id, issuer, role, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE mention (                  -- which events, places, papers, aliases speak of a name
    node         INTEGER NOT NULL REFERENCES node (id),
    statement_id BLOB NOT NULL REFERENCES statement (id),
    PRIMARY KEY (node, statement_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE registered (               -- how a file's own names were taken over
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    issuer  TEXT NOT NULL,
    local   TEXT NOT NULL,
    subject TEXT NOT NULL,
    data    TEXT NOT NULL,              -- the newest payload
    UNIQUE (kind, issuer, local)
) STRICT;

CREATE TABLE label_run (
    id        INTEGER PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,     -- what people call the run by
    batch     TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    size      INTEGER NOT NULL,         -- how many serials were issued
    prefix    TEXT,                     -- serials in sequence: prefix, first number, digits
    start     INTEGER,
    width     INTEGER,
    listed    TEXT,                     -- or those of a list: one a line, in its order
    statement_id BLOB REFERENCES statement (id), -- NULL where none was made, before version 4
    plan      TEXT NOT NULL,            -- JSON: what is printed, and how
    CHECK (listed IS NULL OR prefix IS NULL),
    CHECK ((prefix IS NULL) = (start IS NULL) AND (start IS NULL) = (width IS NULL))
) STRICT;
CREATE INDEX label_run_batch ON label_run (batch);

CREATE TABLE drawn_serials (            -- the random serials of other runs, ascending, in pieces
    run      INTEGER NOT NULL REFERENCES label_run (id),
    first    TEXT NOT NULL,
    position INTEGER NOT NULL,          -- of the first in its run, from 0
    serials  BLOB NOT NULL,             -- 12 bytes each
    PRIMARY KEY (run, first)
) STRICT;

CREATE TABLE label_act (                -- what became of a run's stickers
    run   INTEGER NOT NULL REFERENCES label_run (id),
    act   TEXT NOT NULL CHECK (act IN ('printed', 'resumed', 'spoiled', 'duplicated')),
    at    TEXT NOT NULL,
    first INTEGER NOT NULL,             -- serials, counted from 1
    last  INTEGER NOT NULL,
    replaced_by INTEGER REFERENCES label_run (id)
) STRICT;
CREATE INDEX label_act_run ON label_act (run);
