-- One log in one file.
CREATE TABLE log (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  -- When the last entry was written, in microseconds since 1970.
  time INTEGER NOT NULL,
  -- The index of the last decision.
  decided INTEGER,
  root BLOB NOT NULL
) STRICT;

CREATE TABLE entry (
  at INTEGER PRIMARY KEY,
  way TEXT NOT NULL CHECK (way IN ('decision', 'evidence')),
  command TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX entry_command ON entry (command);

-- Hashes of the tree, 256 beside each other.
CREATE TABLE tile (
  level INTEGER NOT NULL,
  at INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, at)
) STRICT, WITHOUT ROWID;

-- Contents that have not been erased.
CREATE TABLE payload (
  entry INTEGER NOT NULL,
  which INTEGER NOT NULL,
  class TEXT NOT NULL,
  salt BLOB NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (entry, which)
) STRICT;

CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL
) STRICT;
