-- A second webhook about a request that was settled could make it due again, for nobody: its lease was taken each minute.
UPDATE "provision_requests" SET "due_at" = NULL, "lease_until" = NULL WHERE "due_at" IS NOT NULL AND "status" NOT IN ('planned', 'open');
