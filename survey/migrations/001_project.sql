-- One study's answers, wave by wave. A wide table keeps one row per respondent: any SQLite tool can
-- read it. Columns for items and facts are added when they first arrive; nothing is ever dropped.

CREATE TABLE study (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    definition TEXT NOT NULL,
    first_seen TEXT NOT NULL
) STRICT;

-- items, facts and questions are JSON lists of ids in the order of the questionnaire.
-- digest is the SHA-256 of everything that was answered in the wave.
CREATE TABLE wave (
    id TEXT PRIMARY KEY,
    items TEXT NOT NULL,
    facts TEXT NOT NULL,
    questions TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;

CREATE TABLE import (
    number INTEGER PRIMARY KEY,
    wave TEXT NOT NULL REFERENCES wave (id),
    study TEXT NOT NULL REFERENCES study (digest),
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    tool TEXT NOT NULL,
    at TEXT NOT NULL,
    rows INTEGER NOT NULL,
    added INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    report TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('current', 'undone'))
) STRICT;

CREATE INDEX import_by_file ON import (wave, sha256);

CREATE TABLE respondent (
    key INTEGER PRIMARY KEY,
    wave TEXT NOT NULL REFERENCES wave (id),
    id TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import (number),
    UNIQUE (wave, id)
) STRICT;

-- name is the column of the wide table: the id, unless another differs from it only by case.
CREATE TABLE item (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

CREATE TABLE fact (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

-- A code as given, or a negative number that says why there is none:
-- -1 blank, -2 refused, -3 don't know, -4 invalid, -5 not applicable, -6 not asked.
-- NULL: the item was not in the questionnaire of that wave.
CREATE TABLE answers (
    respondent_key INTEGER PRIMARY KEY REFERENCES respondent (key)
) STRICT;

-- Texts are TEXT, numbers REAL, yes and no INTEGER 1 and 0.
CREATE TABLE facts (
    respondent_key INTEGER PRIMARY KEY REFERENCES respondent (key)
) STRICT;

CREATE TABLE verbatim (
    respondent_key INTEGER NOT NULL REFERENCES respondent (key),
    question TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (respondent_key, question)
) STRICT, WITHOUT ROWID;
