-- Times are Unix milliseconds, UTC: datetime(created_at / 1000, 'unixepoch') reads them.

PRAGMA application_id = 0x56495052; -- 'VIPR'

CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

-- One row per address that may be leased. The number orders the addresses; the text is for people and joins.
CREATE TABLE ip_allocations (
  ip_number  INTEGER PRIMARY KEY,
  ip_address TEXT    NOT NULL UNIQUE,
  status     TEXT    NOT NULL DEFAULT 'free',
  vm_id      TEXT    UNIQUE REFERENCES vms (id),
  owner      TEXT,
  leased_at  INTEGER,
  epoch      INTEGER NOT NULL DEFAULT 0, -- grows with each lease, so that an earlier holder can be told apart
  retired    INTEGER NOT NULL DEFAULT 0, -- 1: no longer in the pool, and gone as soon as it is free
  CHECK ((status = 'leased') = (vm_id IS NOT NULL)),
  CHECK ((status = 'leased') = (leased_at IS NOT NULL)),
  CHECK (retired = 0 OR status = 'leased')
) STRICT;

CREATE INDEX ip_allocations_free ON ip_allocations (ip_number) WHERE status = 'free';

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

-- AUTOINCREMENT: a number is never given twice, not even after retention removed the newest rows.
CREATE TABLE events (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  time      INTEGER NOT NULL,
  type      TEXT    NOT NULL,
  vm_id     TEXT,
  vm_name   TEXT,
  vm_status TEXT,
  data      TEXT    NOT NULL
) STRICT;
