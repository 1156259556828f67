-- A database of schema version 3 with data, as `sqlite3 state.db .dump` prints it. Never changed: the test brings it forward.
PRAGMA application_id = 0x56495052;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;
INSERT INTO schema_migrations VALUES(1,'init',1763632800000);
INSERT INTO schema_migrations VALUES(2,'leases',1763719200000);
INSERT INTO schema_migrations VALUES(3,'operations',1763805600000);
CREATE TABLE vms (
  id             TEXT    PRIMARY KEY,
  name           TEXT    NOT NULL UNIQUE,
  status         TEXT    NOT NULL,
  phase          TEXT,
  status_reason  TEXT,
  cpu_cores      INTEGER NOT NULL CHECK (cpu_cores > 0),
  memory_mb      INTEGER NOT NULL CHECK (memory_mb > 0),
  image          TEXT    NOT NULL,
  kernel_cmdline TEXT    NOT NULL,
  labels         TEXT    NOT NULL,
  spec           TEXT    NOT NULL,
  ip_address     TEXT    NOT NULL UNIQUE REFERENCES ip_allocations (ip_address),
  mac_address    TEXT    NOT NULL,
  pid            INTEGER,
  pid_start_time INTEGER,
  boot_id        TEXT,
  hypervisor     TEXT,
  tap_name       TEXT,
  revision       INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  started_at     INTEGER,
  ready_at       INTEGER,
  updated_at     INTEGER NOT NULL
) STRICT;
INSERT INTO vms VALUES('vm_01KAGZ4M000000000000000001','a','running','ready',NULL,2,1024,'browser','quiet','{"team":"grün"}','{"name":"a"}','10.0.0.1','02:00:00:00:00:01',4711,4000000000,'7b8c5e9a-0000-4000-8000-000000000001','qemu','vt0a000001',9,1763632801000,1763632801500,1763632809000,1763632809000);
INSERT INTO vms VALUES('vm_01KAGZ4M000000000000000002','b','crashed',NULL,'the VMM was killed by signal 9',1,512,'python','','{}','{}','10.0.0.3','02:00:00:00:00:03',NULL,NULL,NULL,NULL,NULL,4,1763632802000,NULL,NULL,1763632820000);
INSERT INTO vms VALUES('vm_01KAGZ4M000000000000000003','of-an-earlier-subnet','stopped',NULL,'stopped as asked',4,4096,'browser','','{}','{}','10.1.0.1','02:00:00:00:01:01',NULL,NULL,NULL,'cloud-hypervisor','vt0a010001',30,1763632803000,1763632804000,1763632806000,1763632830000);
CREATE TABLE events (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  time      INTEGER NOT NULL,
  type      TEXT    NOT NULL,
  vm_id     TEXT,
  vm_name   TEXT,
  vm_status TEXT,
  data      TEXT    NOT NULL
) STRICT;
INSERT INTO events VALUES(41,1763632801000,'VM_CREATED','vm_01KAGZ4M000000000000000001','a','creating','{}');
INSERT INTO events VALUES(42,1763632809000,'VM_READY','vm_01KAGZ4M000000000000000001','a','running','{"phase":"ready"}');
INSERT INTO events VALUES(43,1763632820000,'VM_CRASHED','vm_01KAGZ4M000000000000000002','b','crashed','{"reason":"the VMM was killed by signal 9"}');
INSERT INTO events VALUES(44,1763632830000,'HOST_CHANGED',NULL,NULL,NULL,'{"é":1}');
CREATE TABLE IF NOT EXISTS "ip_allocations" (
  ip_number    INTEGER PRIMARY KEY,
  ip_address   TEXT    NOT NULL UNIQUE,
  status       TEXT    NOT NULL DEFAULT 'free',
  vm_id        TEXT    REFERENCES vms (id),
  owner        TEXT,
  leased_at    INTEGER,
  free_at      INTEGER, -- when the quarantine after its release is over
  epoch        INTEGER NOT NULL DEFAULT 0, -- grows with each lease and each take-over, so that an earlier holder can be told apart
  reserved_for TEXT, -- the name of the only VM that may have it
  retired      INTEGER NOT NULL DEFAULT 0, -- 1: no longer in the pool; kept for its epoch, its quarantine and its reservation
  CHECK (status IN ('free', 'quarantined', 'leased', 'retired')),
  CHECK ((status = 'leased') = (vm_id IS NOT NULL)),
  CHECK ((status = 'leased') = (leased_at IS NOT NULL)),
  CHECK (status = 'leased' OR retired = (status = 'retired')),
  CHECK (status <> 'quarantined' OR (free_at IS NOT NULL AND reserved_for IS NULL))
) STRICT;
INSERT INTO ip_allocations VALUES(167772161,'10.0.0.1','leased','vm_01KAGZ4M000000000000000001','ann',1763632801000,NULL,3,NULL,0);
INSERT INTO ip_allocations VALUES(167772162,'10.0.0.2','quarantined',NULL,NULL,NULL,1763719205000,2,NULL,0);
INSERT INTO ip_allocations VALUES(167772163,'10.0.0.3','leased','vm_01KAGZ4M000000000000000002',NULL,1763632802000,NULL,1,'b',0);
INSERT INTO ip_allocations VALUES(167772164,'10.0.0.4','free',NULL,NULL,NULL,NULL,0,'nobody-yet',0);
INSERT INTO ip_allocations VALUES(167772165,'10.0.0.5','free',NULL,NULL,NULL,NULL,0,NULL,0);
INSERT INTO ip_allocations VALUES(167837697,'10.1.0.1','leased','vm_01KAGZ4M000000000000000003',NULL,1763632803000,NULL,7,NULL,1);
INSERT INTO ip_allocations VALUES(167837698,'10.1.0.2','retired',NULL,NULL,NULL,1763719204000,5,NULL,1);
CREATE TABLE operations (
  id          TEXT    PRIMARY KEY,
  kind        TEXT    NOT NULL,
  vm_id       TEXT,
  vm_name     TEXT,
  status      TEXT    NOT NULL DEFAULT 'running',
  progress    TEXT    NOT NULL,
  result      TEXT,
  error       TEXT,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  finished_at INTEGER,
  CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
  CHECK ((status = 'running') = (finished_at IS NULL))
) STRICT;
INSERT INTO operations VALUES('op_01KAGZ4M000000000000000011','vm.create','vm_01KAGZ4M000000000000000001','a','succeeded','{"step":"ready"}','{"name":"a"}',NULL,1763632801000,1763632809000,1763632809000);
INSERT INTO operations VALUES('op_01KAGZ4M000000000000000012','vm.start','vm_01KAGZ4M000000000000000002','b','failed','{"step":"boot"}',NULL,'{"code":"start_failed","detail":"für b"}',1763632819000,1763632820000,1763632820000);
INSERT INTO operations VALUES('op_01KAGZ4M000000000000000013','vm.start','vm_01KAGZ4M000000000000000009','gone','running','{"step":"boot"}',NULL,NULL,1763632821000,1763632821000,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',45);
CREATE INDEX ip_allocations_free ON ip_allocations (ip_number) WHERE status = 'free' AND reserved_for IS NULL;
CREATE INDEX ip_allocations_quarantined ON ip_allocations (free_at) WHERE status = 'quarantined';
CREATE UNIQUE INDEX ip_allocations_vm ON ip_allocations (vm_id) WHERE vm_id IS NOT NULL;
CREATE UNIQUE INDEX ip_allocations_reserved ON ip_allocations (reserved_for) WHERE reserved_for IS NOT NULL;
CREATE INDEX operations_running ON operations (id) WHERE status = 'running';
CREATE INDEX operations_finished ON operations (finished_at) WHERE finished_at IS NOT NULL;
COMMIT;
