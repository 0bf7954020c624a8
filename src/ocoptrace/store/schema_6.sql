-- From schema 5: a statement knows its position, and the nodes of the log stand in blocks.

ALTER TABLE statement ADD COLUMN position INTEGER;
UPDATE statement
    SET position = (SELECT position FROM log_entry WHERE statement_id = statement.id);
DROP TABLE log_entry;
CREATE UNIQUE INDEX statement_position ON statement (position) WHERE position IS NOT NULL;
DROP INDEX statement_content;
CREATE INDEX statement_content ON statement (content_hash) WHERE content_hash IS NOT NULL;

CREATE TABLE log_block (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;

-- Then the nodes are packed into blocks, and their table goes.
