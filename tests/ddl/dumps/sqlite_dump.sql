PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "users" (
	"id"	INTEGER NOT NULL,
	"name"	TEXT COLLATE NOCASE DEFAULT 'it''s; (x' CHECK(length("name") > 0),
	"at"	DATETIME DEFAULT (datetime('now','localtime')),
	"score"	DOUBLE PRECISION DEFAULT -1.5,
	"big"	UNSIGNED BIG INT,
	"flag"	BOOLEAN NOT NULL DEFAULT 0 CHECK ("flag" IN (0, 1)),
	"full"	TEXT GENERATED ALWAYS AS ("name" || 'x') STORED,
	PRIMARY KEY("id" AUTOINCREMENT)
);
INSERT INTO users VALUES(1,'a;b',NULL,1,2,0);
INSERT INTO users VALUES(2,replace('x\ny','\n',char(10)),NULL,1,2,0);
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE [old style] ([id] INTEGER PRIMARY KEY, 'quoted' varchar(5), `tick` int, plain, "" TEXT,
  user_id REFERENCES users(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  UNIQUE(plain, tick) ON CONFLICT REPLACE) WITHOUT ROWID, STRICT;
CREATE VIRTUAL TABLE docs USING fts5(title, body UNINDEXED, tokenize = 'porter ascii', content='');
CREATE TRIGGER tr AFTER UPDATE ON users BEGIN
  UPDATE users SET at = CASE WHEN 1 THEN datetime('now') ELSE 0 END WHERE id = new.id;
  SELECT CASE WHEN new.id IS NULL THEN RAISE(ABORT, 'x; END;') END;
END;
CREATE UNIQUE INDEX ux ON users(name, "at" DESC);
CREATE UNIQUE INDEX partial ON users(score) WHERE score > 0;
CREATE VIEW v AS SELECT u.id, u.name AS label, 1 + 1 FROM users u;
DELETE FROM sqlite_sequence;
COMMIT;
