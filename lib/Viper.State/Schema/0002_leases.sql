-- Quarantine after release, reservation by name, and addresses that left the pool but not the memory of their epoch.
-- A table's CHECKs cannot be changed in place: https://www.sqlite.org/lang_altertable.html#otheralter.

CREATE TABLE ip_allocations_new (
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

INSERT INTO ip_allocations_new (ip_number, ip_address, status, vm_id, owner, leased_at, epoch, retired)
SELECT ip_number, ip_address, status, vm_id, owner, leased_at, epoch, retired FROM ip_allocations;

DROP TABLE ip_allocations;
ALTER TABLE ip_allocations_new RENAME TO ip_allocations;

-- Partial, so that 65,534 free addresses do not stand in each of them.
CREATE INDEX ip_allocations_free ON ip_allocations (ip_number) WHERE status = 'free' AND reserved_for IS NULL;
CREATE INDEX ip_allocations_quarantined ON ip_allocations (free_at) WHERE status = 'quarantined';
CREATE UNIQUE INDEX ip_allocations_vm ON ip_allocations (vm_id) WHERE vm_id IS NOT NULL;
CREATE UNIQUE INDEX ip_allocations_reserved ON ip_allocations (reserved_for) WHERE reserved_for IS NOT NULL;
