CREATE TABLE "recovery_policies" (
	"version" integer PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"made_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"id" text PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone,
	"cursor" text,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "recovery_cases" DROP CONSTRAINT "recovery_cases_status";--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "policy_version" integer;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "step" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "last_step_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "step_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "clock_started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "clock_stopped_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "clock_stood_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "token_seen" text;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD COLUMN "staff_asked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "quiet_zone" text;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "card_expires_on" date;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "cards_changed_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "sweeps_due" ON "sweeps" USING btree ("due_at","id");--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_policy_version_recovery_policies_version_fk" FOREIGN KEY ("policy_version") REFERENCES "public"."recovery_policies"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "recovery_cases_step_due" ON "recovery_cases" USING btree ("step_at","id") WHERE "recovery_cases"."step_at" is not null;--> statement-breakpoint
CREATE INDEX "recovery_cases_subscription" ON "recovery_cases" USING btree ("subscription_id","status");--> statement-breakpoint
CREATE INDEX "payment_tokens_letter" ON "payment_tokens" USING btree ("letter_expires_on","id") WHERE "payment_tokens"."status" = 'live';--> statement-breakpoint
CREATE INDEX "payment_tokens_card" ON "payment_tokens" USING btree ("card_expires_on","id") WHERE "payment_tokens"."status" = 'live';--> statement-breakpoint
CREATE INDEX "payment_tokens_swept" ON "payment_tokens" USING btree ("id","refreshed_at") WHERE "payment_tokens"."status" = 'live';--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_status" CHECK ("recovery_cases"."status" in ('open', 'paused', 'recovered', 'closed'));--> statement-breakpoint
-- A policy is never changed: a case goes by the version that it was opened under.
CREATE TRIGGER "recovery_policies_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "recovery_policies" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();--> statement-breakpoint
-- Cases that wait for their customer already get their clock from the day on which they were opened.
UPDATE "recovery_cases" SET "clock_started_at" = "opened_at", "step_at" = "opened_at" WHERE "status" = 'open' AND "reason" IN ('update_payment_method', 'take_health_survey', 'declined', 'token_gone');
