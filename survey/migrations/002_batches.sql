-- Imports that can be taken back. Nothing is ever deleted: a row of respondent is one version of somebody's
-- answers, and every import asserts, for everybody in its file, which version holds. What a wave holds is
-- what its current imports say, later ones before earlier ones; an import that was undone says nothing.

DROP VIEW IF EXISTS answers_long;

-- items, facts, questions and choices are JSON lists of ids in the order of the questionnaire.
-- identity is what respondents are known by: column:ID, platform:LAYOUT, or row.
-- digest is the SHA-256 of the versions that came with this import, empty where the first format kept none.
-- mapping is the digest of the decisions under which the file was read.
ALTER TABLE import ADD COLUMN items TEXT NOT NULL DEFAULT '[]';
ALTER TABLE import ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE import ADD COLUMN questions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE import ADD COLUMN choices TEXT NOT NULL DEFAULT '[]';
ALTER TABLE import ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN identity TEXT NOT NULL DEFAULT 'row';
ALTER TABLE import ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE import ADD COLUMN who TEXT;
ALTER TABLE import ADD COLUMN layout TEXT;
ALTER TABLE import ADD COLUMN mapping TEXT;
UPDATE import SET
    (items, facts, questions) = (SELECT items, facts, questions FROM wave WHERE wave.id = import.wave),
    identity = coalesce(
        (SELECT 'column:' || json_extract(definition, '$.design.respondent')
         FROM study WHERE study.digest = import.study),
        'row'
    );

-- A wave keeps the digest of what it holds now, empty while that is nothing.
ALTER TABLE wave DROP COLUMN items;
ALTER TABLE wave DROP COLUMN facts;
ALTER TABLE wave DROP COLUMN questions;

CREATE TABLE version (
    key INTEGER PRIMARY KEY,
    wave TEXT NOT NULL REFERENCES wave (id),
    id TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import (number),
    UNIQUE (wave, id, import)
) STRICT;
INSERT INTO version SELECT key, wave, id, import FROM respondent;
DROP TABLE respondent;
ALTER TABLE version RENAME TO respondent;

-- position is the place in the file; people stand in the order in which they were first asserted.
CREATE TABLE assertion (
    import INTEGER NOT NULL REFERENCES import (number),
    position INTEGER NOT NULL,
    respondent_key INTEGER NOT NULL REFERENCES respondent (key),
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;
-- The first format knows of an import only whom it added, not whom it found again.
INSERT INTO assertion SELECT import, key, key FROM respondent;

-- The version of everybody's answers that holds. (Beside max() SQLite gives the other columns of its row.)
CREATE VIEW held AS
SELECT
    respondent.wave AS wave,
    respondent.id AS id,
    respondent.key AS respondent_key,
    max(assertion.import) AS import
FROM assertion
JOIN import ON import.number = assertion.import AND import.state = 'current'
JOIN respondent ON respondent.key = assertion.respondent_key
GROUP BY respondent.wave, respondent.id;

-- answer is a JSON list of codes, or the negative number that says why there is none.
CREATE TABLE choice (
    respondent_key INTEGER NOT NULL REFERENCES respondent (key),
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (respondent_key, question)
) STRICT, WITHOUT ROWID;

-- What the platform noted about an interview; no part of the answers, and in no digest.
CREATE TABLE paradata (
    respondent_key INTEGER PRIMARY KEY REFERENCES respondent (key),
    submitted TEXT,
    seconds REAL,
    source TEXT
) STRICT;

-- What people decided: imports taken back, and whose answers count. The last decision about somebody holds.
CREATE TABLE decision (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('undo', 'exclude', 'include')),
    wave TEXT NOT NULL REFERENCES wave (id),
    import INTEGER REFERENCES import (number),
    respondent TEXT,
    reason TEXT NOT NULL
) STRICT;

-- identifiers: plain, or the fingerprint of the key to the pseudonyms of respondents and accounts.
-- The key itself is never in this file.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
