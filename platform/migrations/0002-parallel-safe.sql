-- phase: expand

-- up
-- The setting it reads is copied to the workers of a parallel plan, so a large report need not be read by one process.
alter function platform.tenant_id() parallel safe;

-- down
alter function platform.tenant_id() parallel unsafe;
