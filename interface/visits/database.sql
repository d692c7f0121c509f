CREATE TABLE IF NOT EXISTS visits (
    day TEXT, language TEXT, door TEXT, found INTEGER, milliseconds INTEGER, n INTEGER NOT NULL,
    PRIMARY KEY (day, language, door, found, milliseconds)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    day TEXT, language TEXT, document_id TEXT, start INTEGER, stop INTEGER, digest TEXT,
    n INTEGER NOT NULL,
    PRIMARY KEY (day, language, document_id, start, stop, digest)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS questions (
    day TEXT, language TEXT, found INTEGER, question TEXT, n INTEGER NOT NULL,
    PRIMARY KEY (day, language, found, question)) WITHOUT ROWID;
