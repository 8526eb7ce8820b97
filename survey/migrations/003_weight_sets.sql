-- Weight sets of the index. What is in one never changes, and one that was approved stays: the triggers hold
-- for whoever opens the file, with csat or without.

-- document is the canonical JSON of the set, digest its SHA-256.
-- state: study (what the study file said when a set was made from it), draft or approved.
CREATE TABLE weight_set (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('study', 'draft', 'approved')),
    approved_at TEXT,
    approved_by TEXT,
    note TEXT,
    CHECK ((state = 'approved') = (approved_at IS NOT NULL)),
    CHECK ((state = 'approved') = (approved_by IS NOT NULL)),
    CHECK (state = 'approved' OR note IS NULL)
) STRICT;

CREATE UNIQUE INDEX weight_set_name ON weight_set (name) WHERE state <> 'study';

-- INSERT OR REPLACE deletes without asking the trigger on deletes.
CREATE TRIGGER weight_set_added BEFORE INSERT ON weight_set
WHEN NEW.state = 'approved' OR EXISTS (
    SELECT 1 FROM weight_set
    WHERE number = NEW.number OR digest = NEW.digest
    OR (name = NEW.name AND state <> 'study' AND NEW.state <> 'study')
)
BEGIN
    SELECT RAISE(ABORT, 'a weight set is added once, as a draft');
END;

CREATE TRIGGER weight_set_kept BEFORE UPDATE ON weight_set
WHEN OLD.state <> 'draft' OR NEW.state <> 'approved' OR (NEW.number, NEW.digest, NEW.name, NEW.document, NEW.at)
    <> (OLD.number, OLD.digest, OLD.name, OLD.document, OLD.at)
BEGIN
    SELECT RAISE(ABORT, 'a weight set never changes; a draft may be approved, once');
END;

CREATE TRIGGER weight_set_stays BEFORE DELETE ON weight_set
WHEN OLD.state <> 'draft'
BEGIN
    SELECT RAISE(ABORT, 'a weight set that is not a draft stays');
END;

-- What people decided about weight sets. The last one of kind use says which set results use: the one with
-- this digest, or the weights of the study file where it is NULL.
CREATE TABLE weight_decision (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('use', 'drop')),
    digest TEXT,
    name TEXT NOT NULL,
    CHECK (kind = 'use' OR digest IS NOT NULL)
) STRICT;

CREATE TRIGGER weight_decision_added BEFORE INSERT ON weight_decision
WHEN EXISTS (SELECT 1 FROM weight_decision WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'a decision stays as it was written');
END;

CREATE TRIGGER weight_decision_kept BEFORE UPDATE ON weight_decision
BEGIN
    SELECT RAISE(ABORT, 'a decision stays as it was written');
END;

CREATE TRIGGER weight_decision_stays BEFORE DELETE ON weight_decision
BEGIN
    SELECT RAISE(ABORT, 'a decision stays as it was written');
END;
