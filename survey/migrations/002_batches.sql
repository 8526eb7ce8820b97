-- identifiers: plain, or the fingerprint of the key to the pseudonyms of respondents and accounts.
-- The key itself is never in this file.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
