-- Long requests. They outlive the VMs that they are about, so nothing points at vms.

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

CREATE INDEX operations_running ON operations (id) WHERE status = 'running';
CREATE INDEX operations_finished ON operations (finished_at) WHERE finished_at IS NOT NULL;
