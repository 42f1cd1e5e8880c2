CREATE TABLE "leased_batches" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"attempt_ids" text[] NOT NULL
);
--> statement-breakpoint
DROP INDEX "charge_attempts_leased";--> statement-breakpoint
CREATE INDEX "leased_batches_ended" ON "leased_batches" USING btree ("lease_until");--> statement-breakpoint
ALTER TABLE "charge_attempts" SET (fillfactor = 50);
