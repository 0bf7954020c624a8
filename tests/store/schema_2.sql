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
    payload      BLOB,                  -- NULL once withheld or erased, and then so is the salt
    salt         BLOB,
    content_hash BLOB NOT NULL,         -- SHA-256 of the payload; private, never shown
    CHECK ((payload IS NULL) = (salt IS NULL))
) STRICT;
CREATE INDEX statement_content ON statement (issuer, kind, content_hash);
CREATE INDEX statement_subject ON statement (kind, subject);

CREATE TABLE log_entry (
    position     INTEGER PRIMARY KEY,   -- 0, 1, 2 …
    statement_id BLOB NOT NULL UNIQUE REFERENCES statement (id)
) STRICT;

CREATE TABLE log_node (
    level    INTEGER NOT NULL,          -- 0 = leaves
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (               -- the first quorum checkpoint of every batch of appends
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

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
    event_time   TEXT NOT NULL,         -- as given, with its offset
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

CREATE TABLE mention (                  -- which events speak of a name
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
    id       INTEGER PRIMARY KEY,
    batch    TEXT NOT NULL,
    made_at  TEXT NOT NULL,
    template TEXT NOT NULL,
    stock    TEXT NOT NULL
) STRICT;

CREATE TABLE item (                     -- serials are issued once
    name TEXT PRIMARY KEY,
    run  INTEGER NOT NULL REFERENCES label_run (id)
) STRICT;
