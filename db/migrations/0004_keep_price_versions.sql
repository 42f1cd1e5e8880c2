-- A price version is never changed: a trigger says so to every role, the owner of the table included.
CREATE TRIGGER "prices_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "prices" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
