CREATE TABLE documents (
    document_key INTEGER PRIMARY KEY, document_id TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, sha256 BLOB NOT NULL, card TEXT NOT NULL, searched TEXT NOT NULL);
CREATE INDEX documents_by_id ON documents (document_id);
CREATE INDEX documents_by_title ON documents (title COLLATE NOCASE, document_id);
CREATE TABLE texts (
    document_key INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    structure TEXT NOT NULL, text BLOB NOT NULL);
CREATE TABLE abbreviations (
    document_key INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX abbreviations_by_document ON abbreviations (document_key);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    document_key INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    passage TEXT NOT NULL, input_sha256 BLOB NOT NULL, n_tokens INTEGER NOT NULL);
CREATE INDEX passages_by_document ON passages (document_key);
CREATE INDEX passages_by_input ON passages (input_sha256);
