BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('3');
CREATE TABLE attempts (
	number INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	entries INTEGER NOT NULL, 
	new INTEGER NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "attempts" VALUES(1,'acme-news','2026-10-02T06:00:00+00:00','read',1,1);
CREATE TABLE items (
	id VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	link VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	source_name VARCHAR NOT NULL, 
	tier VARCHAR NOT NULL, 
	published VARCHAR, 
	first_seen VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	authors JSON NOT NULL, 
	letter VARCHAR, 
	sponsored BOOLEAN NOT NULL, 
	wording VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "items" VALUES('i000000000001','https://acme-news.example/1','https://acme-news.example/1?utm_source=rss','Acme opens a shop','acme-news','Acme News','trade','2026-07-02T09:00:00+00:00','2026-10-02T06:00:00+00:00','2026-07-02T09:00:00+00:00','en','Product 1 is available now. It costs $1 a month.','','[]',NULL,0,'815dd0919cf6ea76');
CREATE TABLE ledger (
	number INTEGER NOT NULL, 
	what VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	language VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema_version','3');
CREATE TABLE pages (
	url VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	tries INTEGER NOT NULL, 
	outcome VARCHAR NOT NULL, 
	not_before VARCHAR, 
	text VARCHAR NOT NULL, 
	PRIMARY KEY (url)
);
CREATE TABLE releases (
	quarter VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	files JSON NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at VARCHAR, 
	note VARCHAR NOT NULL, 
	sent VARCHAR, 
	PRIMARY KEY (quarter, version)
);
CREATE TABLE revisions (
	item VARCHAR NOT NULL, 
	wording VARCHAR NOT NULL, 
	replaced VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	PRIMARY KEY (item, wording), 
	FOREIGN KEY(item) REFERENCES items (id)
);
CREATE TABLE sources (
	slug VARCHAR NOT NULL, 
	url VARCHAR, 
	etag VARCHAR, 
	last_modified VARCHAR, 
	last_attempt VARCHAR, 
	last_success VARCHAR, 
	failures INTEGER NOT NULL, 
	problem VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	moved_to VARCHAR, 
	not_before VARCHAR, 
	memory JSON NOT NULL, 
	PRIMARY KEY (slug)
);
INSERT INTO "sources" VALUES('acme-news','https://x.example',NULL,NULL,NULL,NULL,1,'down','timeout',NULL,NULL,'{"pages": ["a"]}');
CREATE INDEX ix_items_url ON items (url);
CREATE INDEX ix_items_at ON items (at);
CREATE INDEX ix_items_source ON items (source);
CREATE INDEX ix_attempts_source ON attempts (source);
CREATE INDEX ix_ledger_what ON ledger (what);
COMMIT;
