-- From schema 2: statements of others, with proofs in their logs; what is erased is gone.

CREATE TABLE statement_3 (
    id           BLOB PRIMARY KEY,
    kind         TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    cose         BLOB NOT NULL,
    payload      BLOB,
    salt         BLOB,
    content_hash BLOB,
    is_erased    INTEGER NOT NULL DEFAULT 0,
    CHECK ((payload IS NULL) = (salt IS NULL)),
    CHECK (payload IS NOT NULL OR content_hash IS NULL),
    CHECK (payload IS NULL OR NOT is_erased)
) STRICT;
INSERT INTO statement_3
    SELECT id, kind, issuer, subject, cose, payload, salt, content_hash, 0 FROM statement;
DROP TABLE statement;
ALTER TABLE statement_3 RENAME TO statement;
CREATE INDEX statement_content ON statement (issuer, kind, content_hash);
CREATE INDEX statement_subject ON statement (kind, subject);

ALTER TABLE checkpoint ADD COLUMN made_at TEXT;
ALTER TABLE event DROP COLUMN event_time;

CREATE TABLE foreign_checkpoint (
    id   INTEGER PRIMARY KEY,
    note TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE foreign_proof (
    statement_id BLOB NOT NULL REFERENCES statement (id),
    checkpoint   INTEGER NOT NULL REFERENCES foreign_checkpoint (id),
    position     INTEGER NOT NULL,
    path         BLOB NOT NULL,
    PRIMARY KEY (statement_id, checkpoint, position)
) STRICT, WITHOUT ROWID;

-- Places are found by their name like everything else that is spoken of.
INSERT OR IGNORE INTO node (uri) SELECT local FROM registered WHERE kind = 'place';
INSERT INTO mention
    SELECT node.id, statement.id FROM registered
        JOIN node ON node.uri = registered.local
        JOIN statement ON statement.kind = 'place' AND statement.issuer = registered.issuer
            AND statement.subject = registered.subject
        WHERE registered.kind = 'place';

-- Events recorded so far bear ids that were made without a secret; theirs stay the same.
INSERT OR IGNORE INTO meta VALUES ('event_id_secret', '');
